import { cron } from "inngest";
import { bufferedCheckpointing, eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { listDueChecks, storeCheck } from "@/lib/console/invariants";
import { reconcileEnv, retentionEnv, storeEnv } from "@/lib/env";
import { recordFailedRun } from "@/lib/failed-runs";
import {
  notifyDatabaseDown,
  notifyDatabaseRecovered,
  notifyIncidents,
  recordHealth,
  updateIncidents,
} from "@/lib/health/watch-health";
import { recordHeartbeat } from "@/lib/heartbeats";
import { runSweeps, startRound } from "@/lib/reconcile/run-sweeps";
import { daysDue, emailReport, makeReport } from "@/lib/reports/daily-report";
import { applyRetentionRules, continueCleanup } from "@/lib/retention/apply-rules";

/** Runs the sweeps. Each sweep finds and repairs one kind of lost work, so no work depends on the engine alone. */
export const reconcile = inngest.createFunction(
  {
    id: "reconcile",
    name: "Reconcile",
    description:
      "Runs the sweeps that are due: each finds work that a lost run, event, webhook or answer left, and repairs it.",
    // Every minute unless configured: a customer may wait for lost work. A round is one request, and most find nothing.
    triggers: [cron(`*/${reconcileEnv().RECONCILE_EVERY_MINUTES} * * * *`)],
    // The next round is a minute away.
    retries: 1,
    checkpointing: bufferedCheckpointing,
    // A round may outlast its minute. Leases in the database keep the next one from its sweeps.
    concurrency: [{ limit: 8 }],
  },
  async ({ step, runId }) => {
    const due = await step.run("start-round", () => startRound(runId));
    return due.length === 0 ? {} : step.run("run-sweeps", () => runSweeps(due));
  },
);

/** Checks the invariants in the background, so that no page view pays for it. */
export const checkInvariants = inngest.createFunction(
  {
    id: "check-invariants",
    name: "Check the invariants",
    description:
      "Runs the checks of the invariants, stores their results for the console, and alerts the operators of a violation.",
    // Each check reads whole tables, and rests longer in a large shop. A quarter of an hour is soon for what should never happen.
    triggers: [cron("*/15 * * * *")],
    // The next run is a quarter of an hour away.
    retries: 1,
    checkpointing: bufferedCheckpointing,
    // Two runs at once would do the same work twice.
    singleton: { mode: "skip" },
  },
  async ({ step, runId }) => {
    const names = await step.run("list-checks", () => listDueChecks(runId));
    const violations: Record<string, number> = {};
    for (const name of names) violations[name] = await step.run(name, () => storeCheck(name));
    return violations;
  },
);

export const healthCheck = inngest.createFunction(
  {
    id: "health-check",
    name: "Check health",
    description:
      "Checks database, API, queue, open orders and the heartbeat of every cron; emails the operators when a check starts to fail and when it passes again.",
    // A monitor at /api/health reports sooner; this is for shops without one.
    triggers: [cron("0 * * * *")],
    // Ended within ten minutes; the next check is an hour away.
    retries: 4,
    // Two checks at once could both open the same incident.
    singleton: { mode: "skip" },
  },
  async ({ step, runId }) => {
    let failing = await step.run("check-health", () => recordHealth(runId));
    const isDown = () => failing.some(({ check }) => check === "database");
    if (isDown()) {
      // No table can store the incident now, so this run does, until the next one starts.
      const since = await step.run("notify-database-down", () => notifyDatabaseDown(failing));
      for (let round = 1; round <= 10 && isDown(); round++) {
        await step.sleep(`wait-for-database-${round}`, "5m");
        failing = await step.run(`check-again-${round}`, () => recordHealth(runId));
      }
      if (isDown()) return { failing: failing.map(({ check }) => check), opened: [], resolved: [] };
      await step.run("notify-database-recovered", () => notifyDatabaseRecovered(since, runId));
    }
    const { opened, resolved } = await step.run("update-incidents", () => updateIncidents(failing));
    await step.run("notify-operators", () => notifyIncidents());
    return { failing: failing.map(({ check }) => check), opened, resolved };
  },
);

export const cleanupOldData = inngest.createFunction(
  {
    id: "cleanup-old-data",
    name: "Clean up old data",
    description:
      "Deletes old logs, sent events, processed webhooks, emails, recipients of broadcasts, keys and sessions, each after its own time.",
    // The night to Sunday, with little traffic. Data that is stored for months can wait a week more.
    triggers: [cron("0 0 * * 0"), eventType("cleanup/continued")],
    // The next week's run deletes what this one could not.
    retries: 4,
    // Two runs would wait for each other's locks.
    concurrency: [{ limit: 1 }],
  },
  async ({ event, step, runId }) => {
    const continued = event.name === "cleanup/continued";
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

export const dailyReport = inngest.createFunction(
  {
    id: "daily-report",
    name: "Report the day",
    description:
      "Stores and emails a report of yesterday's orders, revenue, refunds, best sellers and low stock, in the store's time zone.",
    // Six in the morning in the store's time zone. Yesterday is over then, also after a change of the clocks.
    triggers: [cron(`TZ=${storeEnv().STORE_TIME_ZONE} 0 6 * * *`)],
    retries: RETRIES_FOR_TWO_HOURS,
    // Two runs at once would do the same work twice.
    singleton: { mode: "skip" },
  },
  async ({ step, runId }) => {
    const days = await step.run("find-days", async () => {
      await recordHeartbeat("daily-report", runId);
      return daysDue();
    });
    for (const date of days) {
      await step.run(`make-report-${date}`, () => makeReport(date));
      await step.run(`email-report-${date}`, () => emailReport(date));
    }
    return { days };
  },
);

/** Its own failures are left out. They would trigger it again. */
export const recordFailedRunFunction = inngest.createFunction(
  {
    id: "record-failed-run",
    name: "Record a failed run",
    description: "Lists a run that failed for good under Failed in the console, with the wrong fields of its event.",
    triggers: [{ event: "inngest/function.failed", if: "event.data.function_id != 'steadfast-record-failed-run'" }],
    retries: RETRIES_FOR_TWO_HOURS,
  },
  ({ event, step }) => step.run("record", () => recordFailedRun(event.data)),
);
