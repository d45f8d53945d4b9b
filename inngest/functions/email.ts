import { inngest, reportTogether } from "@/inngest/client";
import { emailQueued, emailSuppressed, userRegistered, userUnsubscribed } from "@/inngest/events";
import { deliverMail } from "@/lib/email/send-mail";
import { DRIP } from "@/lib/onboarding/drip-policy";
import { sendDripMail } from "@/lib/onboarding/send-drip-mail";

/** Sends a mail that a request has written down. */
export const deliverQueuedMail = inngest.createFunction(
  {
    id: "deliver-queued-mail",
    name: "Deliver a queued mail",
    description: "Requests write mails down and go on; this sends them.",
    triggers: [emailQueued],
    // A mail provider that is down for two hours delays the mail, and loses none; a burst waits for its turns (lib/email/turns.ts).
    retries: 9,
    checkpointing: reportTogether,
  },
  async ({ event, step }) => {
    const { mailId } = event.data;
    const known = await step.run("send-mail", () => deliverMail(mailId));
    return known ? { mailId } : { mailId, because: "There is no such mail." };
  },
);

/** The first week of a new user: four mails, none of which asks for what has been done, and none after a no. */
export const emailDripCampaign = inngest.createFunction(
  {
    id: "email-drip-campaign",
    name: "Welcome a new user",
    description: "Four mails on days 0, 1, 3 and 7. Ends at once when the user unsubscribes or their address fails.",
    triggers: [userRegistered],
    // A mail provider that is down for two hours delays the mail, and loses none.
    retries: 9,
    // A day of many registrations leaves the database to the orders; at the mail provider their mail has a lane of its own.
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
      const { outcome } = await step.run(`send-${kind}`, () => sendDripMail(userId, kind));
      outcomes[kind] = outcome;
      // Read at the moment of sending, because an event can be missed: what came before the run is not seen by it.
      if (outcome === "gone" || outcome === "refused") return { userId, ended: outcome, outcomes };
    }
    return { userId, ended: "complete", outcomes };
  },
);
