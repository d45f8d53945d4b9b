import type { GetStepTools } from "inngest";
import { bufferedCheckpointing, eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { giveGifts, sendGiftEmails } from "@/lib/coupons/give-gifts";
import { giftEnv } from "@/lib/env";
import { limitUnpaidStock, reserveStock } from "@/lib/inventory/reservations";
import type { FailureReason } from "@/lib/order-state/status";
import { confirmOrder, failOrder } from "@/lib/orders/change-order";
import { loadOrder } from "@/lib/orders/load-order";
import { awaitPaymentMethod } from "@/lib/orders/pay-again";
import { expireReview, type HoldState, holdOrder, reviewWaits } from "@/lib/orders/review";
import { notifyManagers } from "@/lib/orders/review-emails";
import { sendCancellationEmail, sendConfirmationEmail, sendPaymentRequest } from "@/lib/orders/send-order-email";
import { chargeOrder, refreshPayment } from "@/lib/payments/charge-order";
import { type PaymentOutcome, paymentWaits } from "@/lib/payments/payment-policy";
import { cancelOpenPaymentIntents } from "@/lib/payments/sync-order-payment";
import type { OrderStatus } from "@/prisma/generated/enums";

/** The result of a run. `ended`: the order was cancelled, or another attempt has started. */
interface OrderResult {
  orderId: string;
  status: OrderStatus | "ended" | "not_found";
  reason?: string;
  emailId?: string | null;
}

interface OrderRun {
  orderId: string;
  attempt: number;
  step: GetStepTools<typeof inngest>;
}

/** Processes a placed order until it is confirmed, or fails it and reverts its effects. A restarted run resumes. */
export const processOrder = inngest.createFunction(
  {
    id: "process-order",
    name: "Process an order",
    description:
      "Reserves the stock, charges the card and confirms the order. If one of them fails, it reverts the others.",
    triggers: [ownEvent("order/created"), eventType("order/payment-retried")],
    // With Inngest's backoff ten attempts take over 2.3 hours. A shorter outage of Stripe delays the order but does not fail it.
    retries: RETRIES_FOR_TWO_HOURS,
    checkpointing: bufferedCheckpointing,
    concurrency: [
      // Stripe takes 25 requests a second to one endpoint by default. Fifty runs at 0.2 s a request make at most as many.
      { limit: 50 },
      // A restarted run must not overtake the first run of the same order.
      { key: "event.data.orderId", limit: 1 },
    ],
  },
  async ({ event, step }): Promise<OrderResult> => {
    const run = { ...event.data, step };
    const result = await payAndConfirm(run).catch(async (error: unknown) => {
      // The retries are used up: the stock is freed and captured money is refunded.
      await fail(run, "payment_unavailable");
      throw error;
    });
    if (result.status === "awaiting_payment") {
      const emailId = await step.run("send-payment-link", () => sendPaymentRequest(result.orderId));
      return { ...result, emailId };
    }
    if (result.status !== "confirmed") return result;

    // An order that is cancelled right away gets one email, not two.
    await step.sleep("wait-before-email", "10s");
    const emailId = await step.run("send-confirmation-email", () => sendConfirmationEmail(result.orderId));
    return { ...result, emailId };
  },
);

async function payAndConfirm(run: OrderRun): Promise<OrderResult> {
  const { orderId, attempt, step } = run;
  const ended: OrderResult = { orderId, status: "ended" };

  const order = await step.run("load-order", () => loadOrder(orderId, attempt));
  if (order.state === "not_found") return { orderId, status: "not_found", reason: "There is no such order." };
  if (order.state === "confirmed") return { orderId, status: "confirmed" };
  // The run that failed the order may have stopped before this step.
  if (order.state === "failed") await step.run("cancel-open-payments", () => cancelOpenPaymentIntents(orderId));
  if (order.state !== "open") return ended;
  if (order.missing.length > 0) return fail(run, "out_of_stock");
  if (order.needsPaymentMethod) return requestPayment(run);

  if (!order.paymentBegun) {
    const reservation = await step.run("reserve-inventory", () => reserveStock(orderId, attempt));
    if (reservation.outcome === "ended") return ended;
    if (reservation.outcome === "out_of_stock") return fail(run, "out_of_stock");
  }

  const charged: PaymentOutcome = order.nothingToPay
    ? { outcome: "succeeded" }
    : await step.run("charge-payment", () => charge(orderId, attempt));
  const payment = charged.outcome === "requires_action" ? await waitForPayment(run) : charged;
  if (payment.outcome === "ended") return ended;
  if (payment.outcome === "failed") return fail(run, payment.reason);
  if (payment.outcome !== "succeeded") return fail(run, "payment_expired");

  const review = order.needsReview ? await waitForReview(run) : "released";
  if (review !== "released") return ended;

  const status = await step.run("update-order-status", () => confirmOrder(orderId, attempt));
  return { orderId, status };
}

/** The customer gets a link to pay. Paying starts another run. */
async function requestPayment({ orderId, attempt, step }: OrderRun): Promise<OrderResult> {
  const waits = await step.run("await-payment-method", () => awaitPaymentMethod(orderId, attempt));
  if (!waits) return { orderId, status: "ended" };
  return { orderId, status: "awaiting_payment", reason: "The customer gets a link to pay." };
}

async function charge(orderId: string, attempt: number): Promise<PaymentOutcome> {
  const payment = await chargeOrder(orderId, attempt);
  if (payment.outcome === "requires_action") await limitUnpaidStock(orderId);
  return payment;
}

/**
 * Waits until the customer has authenticated the payment, or until the payment window is over. Stripe is polled after each wait. A
 * wait does not receive an event that came just before it, so the first one is short. A lost event or webhook costs one wait.
 */
async function waitForPayment({ orderId, attempt, step }: OrderRun): Promise<PaymentOutcome> {
  for (const [index, timeout] of paymentWaits().entries()) {
    await step.waitForEvent(`wait-for-payment-${index + 1}`, {
      event: eventType("payment/completed"),
      timeout,
      if: "async.data.orderId == event.data.orderId && async.data.attempt == event.data.attempt",
    });
    const payment = await step.run(`poll-payment-${index + 1}`, () => refreshPayment(orderId, attempt));
    if (payment.outcome !== "requires_action") return payment;
  }
  await step.run("cancel-expired-payment", () => cancelOpenPaymentIntents(orderId, attempt));
  return step.run("final-payment-check", () => refreshPayment(orderId, attempt));
}

/** Waits until a manager has released a paid order of high value. Without a decision in time it is cancelled. */
async function waitForReview({ orderId, attempt, step }: OrderRun): Promise<HoldState> {
  const hold = await step.run("hold-for-review", () => holdOrder(orderId, attempt));
  if (hold !== "held") return hold;
  for (const [index, timeout] of reviewWaits().entries()) {
    await step.waitForEvent(`wait-for-review-${index + 1}`, {
      event: eventType("order/reviewed"),
      timeout,
      if: "async.data.orderId == event.data.orderId",
    });
    const review = await step.run(`check-review-${index + 1}`, () => holdOrder(orderId, attempt));
    if (review !== "held") return review;
  }
  return step.run("expire-review", () => expireReview(orderId));
}

/** Fails the order and cancels what could still be paid for it. */
async function fail({ orderId, attempt, step }: OrderRun, reason: FailureReason): Promise<OrderResult> {
  const status = await step.run("fail-order", () => failOrder(orderId, attempt, reason));
  await step.run("cancel-open-payments", () => cancelOpenPaymentIntents(orderId));
  return { orderId, status, reason };
}

/** Completes a cancellation. The request that cancelled the order has set its status and freed its stock. */
export const cancelOrder = inngest.createFunction(
  {
    id: "cancel-order",
    name: "Cancel an order",
    description:
      "Cancels open payments at Stripe and emails the customer. The function process-refund sends the refund.",
    triggers: [ownEvent("order/cancelled")],
    // As long as `process-order` may still work on the order.
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }): Promise<OrderResult> => {
    const { orderId } = event.data;
    await step.run("cancel-open-payments", () => cancelOpenPaymentIntents(orderId));
    const emailId = await step.run("send-cancellation-email", () => sendCancellationEmail(orderId));
    if (emailId) return { orderId, status: "cancelled", emailId };
    return { orderId, status: "not_found", reason: "There is no such order, or it is not cancelled." };
  },
);

/** Emails managers about an order of high value. `process-order` holds the order by itself, and does not depend on this function. */
export const orderReview = inngest.createFunction(
  {
    id: "order-review",
    name: "Notify managers of a high-value order",
    description: "Emails managers a link to the order, where they release or reject it if it is held.",
    // Other orders start no run.
    triggers: [{ event: eventType("order/created"), if: "event.data.review == true" }],
    retries: RETRIES_FOR_TWO_HOURS,
    // Never delays the runs that charge and confirm.
    concurrency: [{ limit: 5 }],
  },
  async ({ event, step }) => {
    const { orderId } = event.data;
    const { outcome, emails } = await step.run("email-managers", () => notifyManagers(orderId));
    return { orderId, outcome, emails };
  },
);

export const firstOrderGift = inngest.createFunction(
  {
    id: "first-order-gift",
    name: "Give a coupon for the first order",
    description: "Creates one coupon for each customer whose first order was confirmed, and emails it.",
    // An order of a customer who has already received a gift starts no run.
    triggers: [{ event: eventType("order/confirmed"), if: "event.data.gift == true" }],
    // Nobody waits for it, so one run takes many orders. After half a minute the confirmation email has been sent.
    batchEvents: { maxSize: giftEnv().GIFT_BATCH, timeout: "30s" },
    // The emails are only queued here, so only the database can fail. After two hours of retries the reconciler continues.
    retries: RETRIES_FOR_TWO_HOURS,
    // One batch at a time: orders have priority.
    concurrency: [{ limit: 1 }],
  },
  async ({ events, step }) => {
    const orderIds = events.map(({ data }) => data.orderId);
    const codes = await step.run("give-coupons", () => giveGifts(orderIds));
    if (codes.length === 0)
      return { orders: orderIds.length, gifts: 0, reason: "There is no such order, or none is a first order." };
    const gifts = await step.run("send-gift-emails", () => sendGiftEmails(codes));
    return { orders: orderIds.length, gifts };
  },
);
