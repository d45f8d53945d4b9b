import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { EVENTS, emailDigestContinued, emailSendDigest, emailSuppressed, userUnsubscribed } from "@/inngest/events";
import { continueDigests, planDigests, startDigests } from "@/lib/digest/plan-digests";
import { sendDigest } from "@/lib/digest/send-digest";

/** A run has at most 1,000 steps; half of that is 250,000 users, and the rest is the next run's. */
const PAGES_PER_RUN = 500;

/** Each morning: sets a digest going for everybody who was here lately. */
export const dailyDigest = inngest.createFunction(
  {
    id: "daily-digest",
    name: "Plan the daily digests",
    description: "Pages through the users active in the last seven days and sets a digest going for each.",
    // Nine o'clock, UTC: people look at what is theirs in the morning.
    triggers: [cron("0 9 * * *"), emailDigestContinued],
    // A quarter of an hour of an unreachable database; a digest that is later by that much is still read the same morning.
    retries: 6,
    // Two runs at once would page through the same users.
    concurrency: [{ limit: 1 }],
  },
  async ({ event, step, runId }) => {
    const start =
      event.name === EVENTS.EMAIL_DIGEST_CONTINUED ? event.data : await step.run("open", () => startDigests(runId));
    const { date } = start;
    let cursor = start.cursor;
    let planned = 0;
    for (let number = 1; number <= PAGES_PER_RUN; number++) {
      const from = cursor;
      const page = await step.run(`plan-page-${number}`, () => planDigests(date, from));
      planned += page.planned;
      if (page.cursor === null) return { date, planned, complete: true };
      cursor = page.cursor;
    }
    await step.run("hand-over", () => continueDigests(date, cursor));
    return { date, planned, complete: false };
  },
);

/** What happened for one user since their last digest, by email; nothing to say, no email. */
export const sendDailyDigest = inngest.createFunction(
  {
    id: "send-digest",
    name: "Send a digest",
    description: "Emails one user what happened since the last digest. No email when nothing did.",
    triggers: [emailSendDigest],
    // An email provider that is down for two hours delays the digest, and loses none.
    retries: 9,
    concurrency: [
      // A morning's digests leave the database to the orders; at the email provider their email has a lane of its own.
      { limit: 5 },
      // A digest begins where the one before it ended; two days' at once would not know.
      { key: "event.data.userId", limit: 1 },
    ],
    // One a day, and less than a whole one, so that yesterday's late start does not drop today's. A second one is not late but
    // wrong, so it is dropped, which is what this option does; no order has it.
    rateLimit: { key: "event.data.userId", limit: 1, period: "20h" },
    // What could not begin by the evening is in tomorrow's digest.
    timeouts: { start: "12h" },
    cancelOn: [
      { event: userUnsubscribed, if: "async.data.userId == event.data.userId && async.data.category == 'digest'" },
      { event: emailSuppressed, if: "async.data.userId == event.data.userId" },
    ],
  },
  async ({ event, step }) => {
    const { userId, date } = event.data;
    const result = await step.run("send-digest", () => sendDigest(userId, date));
    return { userId, date, ...result };
  },
);
