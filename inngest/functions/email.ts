import { bufferedCheckpointing, inngest } from "@/inngest/client";
import { emailQueued, emailSuppressed, userRegistered, userUnsubscribed } from "@/inngest/events";
import { deliverEmail } from "@/lib/email/send-email";
import { DRIP } from "@/lib/onboarding/drip-policy";
import { sendDripEmail } from "@/lib/onboarding/send-drip-email";

/** Sends an email that a request has written down. */
export const deliverQueuedEmail = inngest.createFunction(
  {
    id: "deliver-queued-email",
    name: "Deliver a queued email",
    description: "Requests write emails down and go on; this sends them.",
    triggers: [emailQueued],
    // An email provider that is down for two hours delays the email, and loses none; a burst waits for its turns (lib/email/turns.ts).
    retries: 9,
    checkpointing: bufferedCheckpointing,
  },
  async ({ event, step }) => {
    const { emailId } = event.data;
    const known = await step.run("send-email", () => deliverEmail(emailId));
    return known ? { emailId } : { emailId, because: "There is no such email." };
  },
);

/** The first week of a new user: four emails, none of which asks for what has been done, and none after a no. */
export const emailDripCampaign = inngest.createFunction(
  {
    id: "email-drip-campaign",
    name: "Welcome a new user",
    description: "Four emails on days 0, 1, 3 and 7. Ends at once when the user unsubscribes or their address fails.",
    triggers: [userRegistered],
    // An email provider that is down for two hours delays the email, and loses none.
    retries: 9,
    // A day of many registrations leaves the database to the orders; at the email provider their email has a lane of its own.
    concurrency: [{ limit: 5 }],
    cancelOn: [
      {
        event: userUnsubscribed,
        if: "async.data.userId == event.data.userId && async.data.category == 'product_news'",
      },
      { event: emailSuppressed, if: "async.data.userId == event.data.userId" },
    ],
  },
  async ({ event, step }) => {
    const { userId } = event.data;
    const outcomes: Record<string, string> = {};
    for (const { kind, wait } of DRIP) {
      if (wait) await step.sleep(`wait-for-${kind}`, wait);
      const { outcome } = await step.run(`send-${kind}`, () => sendDripEmail(userId, kind));
      outcomes[kind] = outcome;
      // Read at the moment of sending, because an event can be missed: what came before the run is not seen by it.
      if (outcome === "gone" || outcome === "refused") return { userId, ended: outcome, outcomes };
    }
    return { userId, ended: "complete", outcomes };
  },
);
