import { inngest } from "@/inngest/client";
import { notificationBroadcast, notificationSendIndividual } from "@/inngest/events";
import { planPage } from "@/lib/broadcasts/plan-page";
import { sendChunk } from "@/lib/broadcasts/send-chunk";
import { bulkEnv } from "@/lib/env";

/** Goes through everybody a broadcast is for, and hands them over in chunks of a hundred. */
export const broadcastNotification = inngest.createFunction(
  {
    id: "broadcast-notification",
    name: "Plan a broadcast",
    description: "Writes down a broadcast's recipients page by page, and sets the sending of every hundred going.",
    triggers: [notificationBroadcast],
    // Nothing but the database can fail, and resume-work takes up what was given up.
    retries: 4,
    // The cursor is locked while a page is written: two runs of one broadcast would wait for each other.
    concurrency: [{ key: "event.data.broadcastId", limit: 1 }],
  },
  async ({ event, step }) => {
    const { broadcastId } = event.data;
    const pages = bulkEnv().BROADCAST_PAGES_PER_RUN;
    let recipients = 0;
    for (let page = 1; page <= pages; page++) {
      const planned = await step.run(`plan-page-${page}`, () => planPage(broadcastId, page === pages));
      recipients += planned.recipients;
      if (!planned.more) return { broadcastId, recipients, skipped: planned.skipped };
    }
    return { broadcastId, recipients, handedOver: true };
  },
);

/** Sends up to a hundred emails of a broadcast in one request. */
export const sendIndividualNotification = inngest.createFunction(
  {
    id: "send-individual-notification",
    name: "Send a broadcast's emails",
    description: "Sends up to a hundred emails of a broadcast in one request, and records what became of each.",
    triggers: [notificationSendIndividual],
    // The engine's maximum: half a day of trouble at the email provider delays a broadcast, and loses none of it. Where the
    // provider's limit is lower than the throttle, a chunk waits for its turn (lib/email/turns.ts), which takes one of them.
    retries: 20,
    // Resend's pages name limits of 2, 5 and 10 requests a second for a team; this stays within the lowest, and leaves the
    // email about orders its share of the others.
    throttle: { limit: 2, period: "1s" },
    // Requests under way when Resend is slow; each may hold some hundred kilobytes.
    concurrency: [{ limit: 5 }],
  },
  async ({ event, step }) => {
    const { broadcastId, chunk } = event.data;
    return step.run("send-chunk", () => sendChunk(broadcastId, chunk));
  },
);
