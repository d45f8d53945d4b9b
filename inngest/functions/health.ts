import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import {
  notifyDatabaseDown,
  notifyDatabaseRecovered,
  notifyIncidents,
  recordHealth,
  updateIncidents,
} from "@/lib/health/watch-health";

/** Every hour: checks what orders need, and whether every scheduled function runs. */
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
    concurrency: [{ limit: 1 }],
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
    const { opened, resolved } = await step.run("update-incidents", () => updateIncidents(failing, runId));
    await step.run("notify-operators", () => notifyIncidents());
    return { failing: failing.map(({ check }) => check), opened, resolved };
  },
);
