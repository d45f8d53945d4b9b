import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import {
  notifyDatabaseDown,
  notifyDatabaseRecovered,
  notifyIncidents,
  recordHealth,
  updateIncidents,
} from "@/lib/health/watch-health";

/** Every hour: is everything there that orders need, and does everything run that should? */
export const healthCheck = inngest.createFunction(
  {
    id: "health-check",
    name: "Check health",
    description:
      "Database, API, queue, open orders and the heartbeat of every cron; one email when something begins to fail, one when it is over.",
    // Who needs to know sooner has a monitor at /api/health; this is for what nobody watches.
    triggers: [cron("0 * * * *")],
    // Over within ten minutes; the next look is an hour away.
    retries: 4,
    // Two looks at once could both open the same incident.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    let failing = await step.run("look", () => recordHealth(runId));
    const isDown = () => failing.some(({ check }) => check === "database");
    if (isDown()) {
      // As long as no table can hold the incident, this run does: until the next one takes over.
      const since = await step.run("alert-without-database", () => notifyDatabaseDown(failing));
      for (let round = 1; round <= 10 && isDown(); round++) {
        await step.sleep(`wait-for-database-${round}`, "5m");
        failing = await step.run(`look-again-${round}`, () => recordHealth(runId));
      }
      if (isDown()) return { failing };
      await step.run("tell-that-database-is-back", () => notifyDatabaseRecovered(since, runId));
    }
    const { begun, over } = await step.run("note-incidents", () => updateIncidents(failing, runId));
    await step.run("tell-operators", () => notifyIncidents());
    return { failing: failing.map(({ check }) => check), begun, over };
  },
);
