import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { storeEnv } from "@/lib/env";
import { recordHeartbeat } from "@/lib/heartbeats";
import { daysDue, emailReport, makeReport } from "@/lib/reports/daily-report";

export const dailyReport = inngest.createFunction(
  {
    id: "daily-report",
    name: "Report the day",
    description:
      "Stores and emails a report of yesterday's orders, revenue, refunds, best sellers and low stock, in the store's time zone.",
    // Six in the morning in the store's time zone. Yesterday is over then, also after a change of the clocks.
    triggers: [cron(`TZ=${storeEnv().STORE_TIME_ZONE} 0 6 * * *`)],
    // If the email provider is down for two hours, the email is delayed but not lost.
    retries: 9,
    // Two runs at once would do the same work twice.
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
