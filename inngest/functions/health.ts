import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { lookAtHealth, noteHealth, tellOfDatabase, tellOfDatabaseBack, tellOfHealth } from "@/lib/watch-health";

/** Every hour: is everything there that orders need, and does everything run that should? */
export const healthCheck = inngest.createFunction(
  {
    id: "health-check",
    name: "Check health",
    description:
      "Database, API, queue, open orders and the beat of every cron; one mail when something begins to fail, one when it is over.",
    // Who needs to know sooner has a monitor at /api/health; this is for what nobody watches.
    triggers: [cron("0 * * * *")],
    // Over within ten minutes; the next look is an hour away.
    retries: 4,
    // Two looks at once could both open the same incident.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    let failing = await step.run("look", () => lookAtHealth(runId));
    const isDown = () => failing.some(({ check }) => check === "database");
    if (isDown()) {
      // As long as no table can hold the incident, this run does: until the next one takes over.
      const since = await step.run("alert-without-database", () => tellOfDatabase(failing));
      for (let round = 1; round <= 10 && isDown(); round++) {
        await step.sleep(`wait-for-database-${round}`, "5m");
        failing = await step.run(`look-again-${round}`, () => lookAtHealth(runId));
      }
      if (isDown()) return { failing };
      await step.run("tell-that-database-is-back", () => tellOfDatabaseBack(since, runId));
    }
    const { begun, over } = await step.run("note-incidents", () => noteHealth(failing, runId));
    await step.run("tell-operators", () => tellOfHealth());
    return { failing: failing.map(({ check }) => check), begun, over };
  },
);
