import { inngest } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { planPage } from "@/lib/broadcasts/plan-page";
import { sendChunk } from "@/lib/broadcasts/send-chunk";
import { bulkEnv } from "@/lib/env";

export const broadcastNotification = inngest.createFunction(
  {
    id: "broadcast-notification",
    name: "Plan a broadcast",
    description:
      "Waits until a broadcast starts, inserts its recipients page by page, and triggers the sending of every hundred.",
    triggers: [ownEvent("notification/broadcast")],
    // Only the database can fail, and a sweep resumes a failed broadcast.
    retries: 4,
    // The cursor is locked while a page is inserted, so two runs of one broadcast would wait for each other.
    concurrency: [{ key: "event.data.broadcastId", limit: 1 }],
  },
  async ({ event, step }) => {
    const { broadcastId } = event.data;
    let pages = bulkEnv().BROADCAST_PAGES_PER_RUN;
    let recipients = 0;
    for (let page = 1; page <= pages; page++) {
      const planned = await step.run(`plan-page-${page}`, () => planPage(broadcastId, page === pages));
      if (planned.scheduledAt) {
        await step.sleepUntil(`wait-until-scheduled-${page}`, planned.scheduledAt);
        pages += 1;
        continue;
      }
      recipients += planned.recipients;
      if (!planned.more) return { broadcastId, recipients, skipped: planned.skipped };
    }
    return { broadcastId, recipients, continued: true };
  },
);

export const sendIndividualNotification = inngest.createFunction(
  {
    id: "send-individual-notification",
    name: "Send a broadcast's emails",
    description: "Sends up to a hundred emails of a broadcast in one request, and saves the outcome of each.",
    triggers: [ownEvent("notification/send-individual")],
    // The engine's maximum: if the email provider is down for half a day, a broadcast is delayed but not lost. If the
    // provider's limit is lower than the throttle, a chunk waits in the send queue (lib/email/send-queue.ts), which costs a retry.
    retries: 20,
    throttle: { limit: bulkEnv().BROADCAST_REQUESTS_PER_SECOND, period: "1s" },
    // Concurrent requests when Resend is slow. Each may need some hundred kilobytes.
    concurrency: [{ limit: 5 }],
  },
  async ({ event, step }) => {
    const { broadcastId, chunk } = event.data;
    return step.run("send-chunk", () => sendChunk(broadcastId, chunk));
  },
);
