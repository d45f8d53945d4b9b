import { inngest } from "@/inngest/client";
import { paymentChanged, paymentFailed, refundRequested } from "@/inngest/events";
import { sendFailureEmail, sendRefundEmail, sendRefundEmails } from "@/lib/orders/send-order-email";
import { refreshPayment } from "@/lib/payments/cancel-payment-intents";
import { executeRefund } from "@/lib/payments/send-refund";
import { syncRefunds } from "@/lib/payments/sync-refund";
import { PAYMENT_INTENT_NOT_FOUND } from "@/lib/stripe";
import { markProcessed } from "@/lib/webhook-inbox";

/** Tells the customer that the order could not be completed, and how to try again. */
export const paymentFailedFunction = inngest.createFunction(
  {
    id: "payment-failed",
    name: "Tell that a payment failed",
    description: "One email for each attempt that failed, unless the customer has tried again meanwhile.",
    triggers: [paymentFailed],
    // An email provider that is down for two hours delays the email, and loses none. A burst beyond its limit takes one of these
    // for each email: which then waits for a turn of its own (lib/email/turns.ts).
    retries: 9,
  },
  async ({ event, step }) => {
    const { orderId, attempt } = event.data;
    const emailId = await step.run("send-failure-email", () => sendFailureEmail(orderId, attempt));
    return { orderId, emailId: emailId ?? "There is no such order, or it has gone on." };
  },
);

/** Makes a refund that was decided on and written down. */
export const processRefund = inngest.createFunction(
  {
    id: "process-refund",
    name: "Make a refund",
    description: "Sends the money back through Stripe, once, and tells the customer.",
    triggers: [refundRequested],
    // Money that is owed is tried for longer than anything else: 20 is the engine's maximum, well over half a day.
    retries: 20,
    concurrency: [
      // Shares Stripe's 25 requests a second with the charges.
      { limit: 10 },
    ],
  },
  async ({ event, step }) => {
    const { refundId } = event.data;
    const outcome = await step.run("send-refund", () => executeRefund(refundId));
    if (outcome === "unknown") return { refundId, outcome: "There is no such refund." };
    if (outcome !== "succeeded") return { refundId, outcome };
    const emailId = await step.run("send-refund-email", () => sendRefundEmail(refundId));
    return { refundId, outcome, emailId };
  },
);

/** Stripe has news of a payment: its state there is read and taken over, whatever the news was. */
export const settlePayment = inngest.createFunction(
  {
    id: "settle-payment",
    name: "Take over a payment's state",
    description: "Reads a PaymentIntent and its refunds from Stripe after a webhook.",
    triggers: [paymentChanged],
    // Two hours of outage at Stripe delay the news; behind that the reconciler reads what was missed.
    retries: 9,
    concurrency: [
      // Shares Stripe's 25 requests a second with the charges.
      { limit: 10 },
      // Stripe sends several events about one payment at once; each reading would find the same.
      { key: "event.data.intentId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { intentId } = event.data;
    // Stripe is asked after this; a webhook that comes later is left to the run that it starts.
    const read = new Date(event.ts ?? 0);
    const outcome = await step.run(
      "settle-intent",
      async () => (await refreshPayment(intentId))?.outcome ?? "undecided",
    );
    if (outcome === "unknown") {
      await step.run("mark-unknown", () => markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, read));
      return { intentId, outcome: PAYMENT_INTENT_NOT_FOUND };
    }
    const refunds = await step.run("sync-refunds", () => syncRefunds(intentId));
    await step.run("mark-processed", () =>
      markProcessed("stripe", intentId, `Settled: ${outcome}, ${refunds} refunds.`, read),
    );
    if (refunds > 0) await step.run("send-refund-emails", () => sendRefundEmails(intentId));
    return { intentId, outcome, refunds };
  },
);
