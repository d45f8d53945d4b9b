/** By then the server listens, so that Inngest can call it. */
const LISTENING_AFTER_MS = 1_000;

/** Continues at once what a crash interrupted. The reconciler would find it within 90 seconds. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const [{ runSweep }, { restartInterruptedOrders }, { log }] = [
    await import("@/lib/reconcile/run-sweeps"),
    await import("@/lib/orders/sweeps"),
    await import("@/lib/log"),
  ];
  // Not awaited: the app serves requests whether or not the database answers at this moment.
  const start = (work: Promise<unknown>) =>
    void work.catch((error: unknown) => log.warn({ error }, "interrupted work was not continued at the start"));
  start(runSweep("unsent-events"));
  setTimeout(() => start(restartInterruptedOrders()), LISTENING_AFTER_MS).unref();
}
