/** Waits on the wall clock until `condition` holds. Throws with `what` in the message after `timeout` ms. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  { timeout = 60_000, every = 25 }: { timeout?: number; every?: number } = {},
): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
