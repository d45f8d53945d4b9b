import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { reconcileEnv } from "@/lib/env";
import { runSweep, startRound } from "@/lib/reconcile/run-sweeps";

/** Runs the sweeps. Each sweep finds and repairs one kind of lost work, so no work depends on the engine alone. */
export const reconcile = inngest.createFunction(
  {
    id: "reconcile",
    name: "Reconcile",
    description:
      "Runs the sweeps that are due: each finds work that a lost run, event, webhook or answer left, and repairs it.",
    // Every minute unless configured: a customer may wait for lost work. A round that finds nothing is one step.
    triggers: [cron(`*/${reconcileEnv().RECONCILE_EVERY_MINUTES} * * * *`)],
    // The next round is a minute away.
    retries: 1,
    // Sweeps run in parallel, so a slow provider delays no other sweep. Leases in the database prevent overlapping rounds.
    concurrency: [{ limit: 8 }],
  },
  async ({ step, runId }) => {
    const due = await step.run("start-round", () => startRound(runId));
    const results = await Promise.all(due.map((name) => step.run(name, () => runSweep(name))));
    return Object.fromEntries(due.map((name, index) => [name, results[index]]));
  },
);
