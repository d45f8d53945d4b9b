import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { storeEnv } from "@/lib/env";
import { recordHeartbeat } from "@/lib/heartbeats";
import { daysDue, emailReport, makeReport } from "@/lib/reports/daily-report";

/** Every morning: what was sold yesterday. */
export const dailyReport = inngest.createFunction(
  {
    id: "daily-report",
    name: "Report the day",
    description:
      "Orders, revenue, refunds, best sellers and what runs out, by the store's own calendar; kept, and emailed with a table.",
    // Six in the morning where the store is: yesterday is over whatever the clocks did in the night, and people read it first thing.
    triggers: [cron(`TZ=${storeEnv().STORE_TIME_ZONE} 0 6 * * *`)],
    // An email provider that is down for two hours delays the email, and loses none.
    retries: 9,
    // Two at once would do the same work twice.
    concurrency: [{ limit: 1 }],
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
