import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import {
  sendFailureEmail,
  sendRefundEmail,
  sendRefundEmails,
  sendRefundFailedEmail,
} from "@/lib/orders/send-order-email";
import { syncDisputes } from "@/lib/payments/disputes";
import { executeRefund } from "@/lib/payments/process-refund";
import { syncPaymentIntent } from "@/lib/payments/sync-order-payment";
import { syncRefunds } from "@/lib/payments/sync-refund";
import { PAYMENT_INTENT_NOT_FOUND } from "@/lib/stripe";
import { markProcessed } from "@/lib/webhook-inbox";

export const paymentFailedFunction = inngest.createFunction(
  {
    id: "payment-failed",
    name: "Notify of a failed payment",
    description: "Sends one email for each failed attempt, unless the customer has started another one.",
    triggers: [ownEvent("payment/failed")],
    // In a burst above the provider's limit, each email uses one attempt, then waits for its slot (lib/email/send-queue.ts).
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }) => {
    const { orderId, attempt } = event.data;
    const emailId = await step.run("send-failure-email", () => sendFailureEmail(orderId, attempt));
    if (emailId) return { orderId, emailId };
    return { orderId, emailId, reason: "There is no such order, or another attempt has started." };
  },
);

export const processRefund = inngest.createFunction(
  {
    id: "process-refund",
    name: "Process a refund",
    description:
      "Refunds the money through Stripe, once, and emails the customer. A failed refund is left to an operator.",
    triggers: [eventType("refund/requested")],
    // A refund is retried longer than anything else, for more than half a day: 20 is the engine's maximum.
    retries: 20,
    // Shares Stripe's 25 requests a second with the charges.
    concurrency: [{ limit: 10 }],
  },
  async ({ event, step }) => {
    const { refundId } = event.data;
    const outcome = await step.run("send-refund", () => executeRefund(refundId));
    if (outcome === "unknown") return { refundId, outcome, reason: "There is no such refund." };
    if (outcome === "manual") return { refundId, outcome, reason: "An operator pays it back at the other provider." };
    if (outcome === "pending") return { refundId, outcome };
    if (outcome === "failed") {
      const emailId = await step.run("send-refund-failed-email", () => sendRefundFailedEmail(refundId));
      return { refundId, outcome, emailId };
    }
    const emailId = await step.run("send-refund-email", () => sendRefundEmail(refundId));
    return { refundId, outcome, emailId };
  },
);

/** Applies the state of a PaymentIntent and its refunds after a webhook. The state is read from Stripe. */
export const applyPaymentWebhook = inngest.createFunction(
  {
    id: "apply-payment-webhook",
    name: "Apply a payment webhook",
    description: "Reads a PaymentIntent and its refunds from Stripe after a webhook.",
    triggers: [eventType("payment/changed")],
    // After that the reconciler updates the payment.
    retries: RETRIES_FOR_TWO_HOURS,
    concurrency: [
      // Shares Stripe's 25 requests a second with the charges.
      { limit: 10 },
      // Stripe sends several events about one payment at once, and each would read the same state.
      { key: "event.data.intentId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { intentId, disputed } = event.data;
    // Stripe is read after this moment. A later webhook triggers another run.
    const readAt = new Date(event.ts ?? 0);
    const outcome = await step.run(
      "sync-payment",
      async () => (await syncPaymentIntent(intentId))?.outcome ?? "undecided",
    );
    if (outcome === "unknown") {
      await step.run("mark-unknown", () => markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, readAt));
      return { intentId, outcome, reason: PAYMENT_INTENT_NOT_FOUND };
    }
    const refunds = await step.run("sync-refunds", () => syncRefunds(intentId));
    if (disputed) await step.run("sync-disputes", () => syncDisputes(intentId));
    const receipt = `Applied: ${outcome}, ${refunds} refunds.`;
    await step.run("mark-processed", () => markProcessed("stripe", intentId, receipt, readAt));
    if (refunds > 0) await step.run("send-refund-emails", () => sendRefundEmails(intentId));
    return { intentId, outcome, refunds };
  },
);
