import { bufferedCheckpointing, inngest } from "@/inngest/client";
import { orderCancelled, orderCreated, orderPaymentRetried, orderReviewed, paymentCompleted } from "@/inngest/events";
import { checkStock } from "@/lib/inventory/check-stock";
import { reserveStock } from "@/lib/inventory/reserve-stock";
import type { FailureReason } from "@/lib/order-state/status";
import { confirmOrder } from "@/lib/orders/confirm-order";
import { failOrder } from "@/lib/orders/fail-order";
import { sendCancellationEmail, sendConfirmationEmail } from "@/lib/orders/send-order-email";
import { cancelOpenPaymentIntents } from "@/lib/payments/cancel-payment-intents";
import { chargeOrder } from "@/lib/payments/charge-order";
import type { PaymentOutcome } from "@/lib/payments/outcome";
import { paymentWaits } from "@/lib/payments/payment-waits";
import { expireReview } from "@/lib/review/decide-review";
import { holdOrder } from "@/lib/review/hold-order";
import { reviewWaits } from "@/lib/review/policy";

/** From a placed order to a confirmed one, or to an end that costs nobody anything. Started again, it goes on where the order is. */
export const processOrder = inngest.createFunction(
  {
    id: "process-order",
    name: "Process an order",
    description:
      "Reserves the stock, charges the card, confirms the order; undoes all of it when one of them cannot be.",
    triggers: [orderCreated, orderPaymentRetried],
    // With Inngest's backoff ten attempts reach over 2.3 hours: Stripe may be down for that long and the order still goes through.
    retries: 9,
    checkpointing: bufferedCheckpointing,
    concurrency: [
      // Stripe takes 25 requests a second to one endpoint by default; at 0.2 s a request that is what fifty runs make at most.
      { limit: 50 },
      // A run that was started again must not overtake the first one of the same order.
      { key: "event.data.orderId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { orderId, attempt } = event.data;
    const giveUp = async (reason: FailureReason) => {
      const status = await step.run("give-up", () => failOrder(orderId, attempt, reason));
      await step.run("close-payment", () => cancelOpenPaymentIntents(orderId));
      return { orderId, status, reason };
    };

    /** Nothing where the order is confirmed, else what came of it. */
    const confirm = async () => {
      const stock = await step.run("validate-inventory", () => checkStock(orderId, attempt));
      if (!stock.known) return { orderId, status: "There is no such order." };
      if (stock.confirmed) return undefined;
      // Whoever gave the order up may not have come to this.
      if (stock.failed) await step.run("close-payment", () => cancelOpenPaymentIntents(orderId));
      if (!stock.open) return { orderId, status: "ended" };
      if (stock.missing.length > 0) return await giveUp("out_of_stock");

      const reserved = await step.run("reserve-inventory", () => reserveStock(orderId, attempt));
      if (reserved.outcome === "ended") return { orderId, status: "ended" };
      if (reserved.outcome === "out_of_stock") return await giveUp("out_of_stock");

      let payment: PaymentOutcome = await step.run("charge-payment", () => chargeOrder(orderId, attempt));

      // The customer is with the bank. A wait does not see what came just before it, so it is short at first, and Stripe is
      // asked after each: neither a lost event nor a lost webhook costs more than one wait.
      for (const [index, timeout] of paymentWaits().entries()) {
        if (payment.outcome !== "requires_action") break;
        await step.waitForEvent(`wait-for-payment-${index + 1}`, {
          event: paymentCompleted,
          timeout,
          if: "async.data.orderId == event.data.orderId && async.data.attempt == event.data.attempt",
        });
        payment = await step.run(`check-payment-${index + 1}`, () => chargeOrder(orderId, attempt));
      }
      if (payment.outcome === "requires_action") {
        await step.run("end-payment", () => cancelOpenPaymentIntents(orderId));
        payment = await step.run("check-payment-at-the-end", () => chargeOrder(orderId, attempt));
      }

      if (payment.outcome === "ended") return { orderId, status: "ended" };
      if (payment.outcome === "failed") return await giveUp(payment.reason);
      if (payment.outcome !== "succeeded") return await giveUp("payment_expired");

      // An order of high value is paid while its customer is there, and goes on when a manager has released it.
      if (stock.review) {
        let hold = await step.run("hold-for-review", () => holdOrder(orderId, attempt));
        for (const [index, timeout] of reviewWaits().entries()) {
          if (hold !== "held") break;
          await step.waitForEvent(`wait-for-review-${index + 1}`, {
            event: orderReviewed,
            timeout,
            if: "async.data.orderId == event.data.orderId",
          });
          hold = await step.run(`check-review-${index + 1}`, () => holdOrder(orderId, attempt));
        }
        if (hold === "held") hold = await step.run("end-review", () => expireReview(orderId));
        if (hold !== "released") return { orderId, status: "ended" };
      }

      const status = await step.run("update-order-status", () => confirmOrder(orderId, attempt));
      return status === "confirmed" ? undefined : { orderId, status };
    };

    const other = await confirm().catch(async (error: unknown) => {
      // Every retry is used up. What was taken is given back; what was paid is refunded.
      await giveUp("payment_unavailable");
      throw error;
    });
    if (other) return other;

    // Time for second thoughts: an order that is cancelled right away gets one email, not two.
    await step.sleep("let-it-settle", "10s");
    const emailId = await step.run("send-confirmation-email", () => sendConfirmationEmail(orderId));
    return { orderId, status: "confirmed", emailId };
  },
);

/** What is left to do for an order that was cancelled from outside; its state and stock were settled with the request. */
export const cancelOrder = inngest.createFunction(
  {
    id: "cancel-order",
    name: "Cancel an order",
    description:
      "Closes what could still be paid at Stripe, and tells the customer. Refunds go out through process-refund.",
    triggers: [orderCancelled],
    // As long as process-order may be at it.
    retries: 9,
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    await step.run("close-payment", () => cancelOpenPaymentIntents(orderId));
    const emailId = await step.run("send-cancellation-email", () => sendCancellationEmail(orderId));
    return { orderId, emailId: emailId ?? "There is no such order, or it is not cancelled." };
  },
);
