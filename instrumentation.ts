/** Sends at once what a crash left unsent. The reconciler would find it within a minute. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { runSweep } = await import("@/lib/reconcile/run-sweeps");
  const { log } = await import("@/lib/log");
  // Not awaited: the app serves requests whether or not the database answers at this moment.
  void runSweep("unsent-events").catch((error: unknown) =>
    log.warn({ error }, "the outbox was not swept at the start"),
  );
}
