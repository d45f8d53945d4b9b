import { bufferedCheckpointing, cancelOnRefusal, eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { deliverEmail, deliverEmailBatch } from "@/lib/email/deliver-email";
import { DRIP } from "@/lib/onboarding/drip-policy";
import { sendDripEmail } from "@/lib/onboarding/send-drip-email";

export const deliverQueuedEmail = inngest.createFunction(
  {
    id: "deliver-queued-email",
    name: "Deliver a queued email",
    description: "Requests queue emails and do not wait; this function sends them.",
    triggers: [eventType("email/queued")],
    // A burst waits in the send queue (lib/email/send-queue.ts).
    retries: RETRIES_FOR_TWO_HOURS,
    checkpointing: bufferedCheckpointing,
  },
  async ({ event, step }) => {
    const { emailId } = event.data;
    const found = await step.run("send-email", () => deliverEmail(emailId));
    return found ? { emailId } : { emailId, skipped: "There is no such email." };
  },
);

export const deliverQueuedBatch = inngest.createFunction(
  {
    id: "deliver-email-batch",
    name: "Deliver a batch of queued emails",
    description: "Sends optional emails that were queued together in one request, such as the gifts of many orders.",
    triggers: [eventType("email/batch-queued")],
    retries: RETRIES_FOR_TWO_HOURS,
    checkpointing: bufferedCheckpointing,
  },
  async ({ event, step }) => {
    const { batchId } = event.data;
    const found = await step.run("send-emails", () => deliverEmailBatch(batchId));
    return found ? { batchId } : { batchId, skipped: "There is no such batch." };
  },
);

export const emailDripCampaign = inngest.createFunction(
  {
    id: "email-drip-campaign",
    name: "Welcome a new user",
    description: "Four emails on days 0, 1, 3 and 7. Ends when the user unsubscribes or the address is suppressed.",
    triggers: [ownEvent("user/registered")],
    retries: RETRIES_FOR_TWO_HOURS,
    // The orders need the database too. At the email provider, these emails have a lower priority.
    concurrency: [{ limit: 5 }],
    cancelOn: cancelOnRefusal("product_news"),
  },
  async ({ event, step }) => {
    const { userId } = event.data;
    const outcomes: Record<string, string> = {};
    for (const { kind, wait } of DRIP) {
      if (wait) await step.sleep(`wait-for-${kind}`, wait);
      const { outcome } = await step.run(`send-${kind}`, () => sendDripEmail(userId, kind));
      outcomes[kind] = outcome;
      // `cancelOn` does not see an event from before the run, so consent is also read at each email.
      if (outcome === "account_deleted" || outcome === "suppressed") return { userId, ended: outcome, outcomes };
    }
    return { userId, ended: "complete", outcomes };
  },
);
