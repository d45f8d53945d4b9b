/** What a fresh start finds unsent from before a crash goes out at once; the reconciler would find it within a minute. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { sweepOutbox } = await import("@/lib/reconcile/sweep-outbox");
  const { log } = await import("@/lib/log");
  // Not awaited: the app serves whether or not there is a database at this moment.
  void sweepOutbox().catch((error: unknown) => log.warn({ error }, "the outbox was not swept at the start"));
}
