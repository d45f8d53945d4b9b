import { cron } from "inngest";
import { bufferedCheckpointing, inngest } from "@/inngest/client";
import { listChecks, storeCheck } from "@/lib/console/invariants";

/** Checks the invariants in the background, so that no page view pays for it. */
export const checkInvariants = inngest.createFunction(
  {
    id: "check-invariants",
    name: "Check the invariants",
    description:
      "Runs every check of the invariants, stores its result for the console, and alerts the operators of a violation.",
    // Each check reads whole tables. A quarter of an hour is soon for something that should never happen.
    triggers: [cron("*/15 * * * *")],
    // The next run is a quarter of an hour away.
    retries: 1,
    checkpointing: bufferedCheckpointing,
    // Two runs at once would do the same work twice.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    const names = await step.run("list-checks", () => listChecks(runId));
    const violations: Record<string, number> = {};
    for (const name of names) violations[name] = await step.run(name, () => storeCheck(name));
    return violations;
  },
);
