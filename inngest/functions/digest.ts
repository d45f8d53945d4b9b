import { cron } from "inngest";
import { cancelOnRefusal, eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { continueDigests, planDigests, sendDigest, startDigests } from "@/lib/digest/digests";

/** Half of the 1,000 steps that a run can have: 250,000 users. The next run continues. */
const MAX_PAGES = 500;

export const dailyDigest = inngest.createFunction(
  {
    id: "daily-digest",
    name: "Plan the daily digests",
    description: "Pages through the users active in the last seven days and triggers a digest for each.",
    // Nine o'clock UTC, because people read their email in the morning.
    triggers: [cron("0 9 * * *"), eventType("email/digest-continued")],
    // If the database is down for a quarter of an hour, the digests are late but still read the same morning.
    retries: 6,
    // Two runs at once would page through the same users.
    concurrency: [{ limit: 1 }],
  },
  async ({ event, step, runId }) => {
    const continued = event.name === "email/digest-continued";
    let { date, cursor } = continued ? event.data : await step.run("start-digests", () => startDigests(runId));
    let planned = 0;
    for (let number = 1; number <= MAX_PAGES; number++) {
      const from = cursor;
      const page = await step.run(`plan-page-${number}`, () => planDigests(date, from));
      planned += page.planned;
      if (page.cursor === null) return { date, planned, complete: true };
      cursor = page.cursor;
    }
    await step.run("continue-in-new-run", () => continueDigests(date, cursor));
    return { date, planned, complete: false };
  },
);

export const sendDailyDigest = inngest.createFunction(
  {
    id: "send-digest",
    name: "Send a digest",
    description: "Emails one user the news since the last digest. Without news there is no email.",
    triggers: [eventType("email/send-digest")],
    retries: RETRIES_FOR_TWO_HOURS,
    concurrency: [
      // The orders need the database too. At the email provider, digests have a lower priority.
      { limit: 5 },
      // A digest begins where the previous one ended, so two digests of a user cannot run at once.
      { key: "event.data.userId", limit: 1 },
    ],
    // One a day. The period is shorter than a day, so yesterday's late start does not drop today's digest. A second digest
    // would be wrong rather than late, so this option drops it. No function of an order uses it.
    rateLimit: { key: "event.data.userId", limit: 1, period: "20h" },
    // The next digest covers one that could not start by the evening.
    timeouts: { start: "12h" },
    cancelOn: cancelOnRefusal("digest"),
  },
  async ({ event, step }) => {
    const { userId, date } = event.data;
    const result = await step.run("send-digest", () => sendDigest(userId, date));
    return { userId, date, ...result };
  },
);
