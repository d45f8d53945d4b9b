import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { cleanupContinued } from "@/inngest/events";
import { retentionEnv } from "@/lib/env";
import { EVENTS } from "@/lib/events";
import { recordHeartbeat } from "@/lib/heartbeats";
import { applyRetentionRules, continueCleanup } from "@/lib/retention/apply-rules";

/** Applies the retention rules once a week, a thousand rows at a time. */
export const cleanupOldData = inngest.createFunction(
  {
    id: "cleanup-old-data",
    name: "Clean up old data",
    description:
      "Deletes old logs, sent events, processed webhooks, emails, recipients of broadcasts, keys and sessions, each after its own time.",
    // The night to Sunday, with little traffic. Data that is stored for months can wait a week more.
    triggers: [cron("0 0 * * 0"), cleanupContinued],
    // The next week's run deletes what this one could not.
    retries: 4,
    // Two runs would wait for each other's locks.
    concurrency: [{ limit: 1 }],
  },
  async ({ event, step, runId }) => {
    const continued = event.name === EVENTS.CLEANUP_CONTINUED;
    if (!continued) await step.run("record-heartbeat", () => recordHeartbeat("cleanup-old-data", runId));
    let rule: number | null = continued ? event.data.rule : 0;
    let removed = 0;
    for (let index = 1; rule !== null && index <= retentionEnv().CLEANUP_STEPS; index++) {
      const from: number = rule;
      const progress = await step.run(`apply-rules-${index}`, () => applyRetentionRules(from));
      rule = progress.rule;
      removed += progress.removed;
    }
    if (rule !== null) {
      const rest: number = rule;
      await step.run("continue-in-new-run", () => continueCleanup(runId, rest));
    }
    return { removed, done: rule === null };
  },
);
