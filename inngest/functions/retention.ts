import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { cleanupContinued } from "@/inngest/events";
import { retentionEnv } from "@/lib/env";
import { EVENTS } from "@/lib/events";
import { recordHeartbeat } from "@/lib/heartbeats";
import { applyRetentionRules, continueCleanup } from "@/lib/retention/apply-rules";

/** Every week: what nobody needs any more goes, a thousand rows at a time. */
export const cleanupOldData = inngest.createFunction(
  {
    id: "cleanup-old-data",
    name: "Clean up old data",
    description:
      "Logs, sent events, webhooks dealt with, emails, recipients of broadcasts, keys and sessions, each after its own time.",
    // The night to Sunday: nothing that is kept for months minds a week, and few people are about.
    triggers: [cron("0 0 * * 0"), cleanupContinued],
    // What is not removed tonight is removed next week.
    retries: 4,
    // Two at once would get in each other's way.
    concurrency: [{ limit: 1 }],
  },
  async ({ event, step, runId }) => {
    const first = event.name === EVENTS.CLEANUP_CONTINUED ? event.data.duty : 0;
    if (event.name !== EVENTS.CLEANUP_CONTINUED)
      await step.run("heartbeat", () => recordHeartbeat("cleanup-old-data", runId));
    let duty: number | null = first;
    let removed = 0;
    for (let index = 1; duty !== null && index <= retentionEnv().CLEANUP_STEPS; index++) {
      const from: number = duty;
      const progress = await step.run(`clean-${index}`, () => applyRetentionRules(from));
      duty = progress.duty;
      removed += progress.removed;
    }
    if (duty !== null) {
      const rest: number = duty;
      await step.run("hand-over", () => continueCleanup(runId, rest));
    }
    return { removed, done: duty === null };
  },
);
