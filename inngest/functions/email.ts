import { inngest } from "@/inngest/client";
import { emailQueued } from "@/inngest/events";
import { deliverMail } from "@/lib/email/send-mail";

/** Sends a mail that a request has written down. */
export const deliverQueuedMail = inngest.createFunction(
  {
    id: "deliver-queued-mail",
    name: "Deliver a queued mail",
    description: "Requests write mails down and go on; this sends them.",
    triggers: [emailQueued],
    // A mail provider that is down for two hours delays the mail, and loses none.
    retries: 9,
  },
  async ({ event, step }) => {
    const { mailId } = event.data;
    await step.run("send-mail", () => deliverMail(mailId));
    return { mailId };
  },
);
