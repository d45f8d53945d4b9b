import type Stripe from "stripe";
import type { OrderStatus, PaymentStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { after, MINUTE, now } from "../clock";
import { db, type Tx } from "../db";
import { appEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { isOwn } from "../installation";
import { type TimelineEntry, timelineInsert } from "../order-state/order-changes";
import { reservationExtension } from "../order-state/reservation-extension";
import { isOpen } from "../order-state/status";
import { type Publish, withOutbox } from "../outbox";
import { cancelPaymentIntent, findPaymentIntent, hasCode } from "../stripe";
import { type IntentOutcome, type PaymentOutcome, toPaymentOutcome } from "./payment-policy";
import { refundRemainder } from "./refund-order";

interface OrderPayment {
  paymentId: string;
  paymentStatus: PaymentStatus;
  paymentAttempt: number;
  orderId: string;
  orderStatus: OrderStatus;
  orderAttempt: number;
}

/** Reads a PaymentIntent from Stripe and applies it to its order. `unknown`: Stripe has no such PaymentIntent. */
export async function syncPaymentIntent(
  intentId: string,
): Promise<PaymentOutcome | { outcome: "unknown" } | undefined> {
  const intent = await findPaymentIntent(intentId);
  return intent ? syncOrderPayment(intent) : { outcome: "unknown" };
}

/**
 * Applies the state of a PaymentIntent to its payment and order, and returns the outcome. The run that charges, the webhook and
 * the reconciler call it in any order and any number of times, with the same result. Money for an order that has ended, or that
 * another attempt has paid for, is refunded. Undefined: the intent is not ours, or Stripe has not decided.
 */
export async function syncOrderPayment(intent: Stripe.PaymentIntent): Promise<PaymentOutcome | undefined> {
  const result = toPaymentOutcome(intent);
  if (!result) return undefined;
  const paymentId = (await isOwn(intent)) ? (intent.metadata.payment_id ?? "") : "";
  return withOutbox(async (tx, publish) => {
    const payment = await lockPayment(tx, intent.id, paymentId);
    if (!payment) return undefined;
    const expected = isOpen(payment.orderStatus) && payment.orderAttempt === payment.paymentAttempt;
    if (supersedes(payment.paymentStatus, result)) await updatePayment(tx, publish, payment, intent, result, expected);
    if (result.outcome === "succeeded" && !expected && !(await paidForOrder(tx, payment))) {
      await refundRemainder(tx, publish, payment.orderId, "late_payment", payment.paymentId);
      return { outcome: "ended" };
    }
    return expected || result.outcome === "succeeded" ? result : { outcome: "ended" };
  });
}

/** Locks the order and the payment. A statement that waits sees the new state only of rows that it locks. */
async function lockPayment(tx: Tx, intentId: string, paymentId: string): Promise<OrderPayment | undefined> {
  const [payment] = await tx.$queryRaw<OrderPayment[]>`
    SELECT p.id AS "paymentId", p.status AS "paymentStatus", p.attempt AS "paymentAttempt",
      o.id AS "orderId", o.status AS "orderStatus", o.attempt AS "orderAttempt"
    FROM orders o JOIN payments p ON p.order_id = o.id
    WHERE p.intent_id = ${intentId} OR (p.id = ${paymentId} AND p.intent_id IS NULL) FOR UPDATE OF o, p`;
  return payment;
}

/** Success is final. A failed payment can still succeed or be canceled. A canceled one can only have succeeded before. */
function supersedes(before: PaymentStatus, { outcome }: IntentOutcome): boolean {
  if (before === outcome || before === "succeeded") return false;
  if (outcome === "succeeded") return true;
  return outcome === "canceled" || (before !== "failed" && before !== "canceled");
}

/** Returns whether this is the payment with which the order was confirmed. */
async function paidForOrder(tx: Tx, { orderId, orderStatus, orderAttempt, paymentId }: OrderPayment): Promise<boolean> {
  if (!["confirmed", "shipped", "delivered", "refunded"].includes(orderStatus)) return false;
  const captured = await tx.payment.findMany({
    where: { orderId, captured: { gt: 0 } },
    orderBy: { attempt: "asc" },
    select: { id: true, attempt: true },
  });
  const current = captured.find(({ attempt }) => attempt === orderAttempt) ?? captured[0];
  return current?.id === paymentId;
}

/** `expected`: the order is open, at this attempt. */
async function updatePayment(
  tx: Tx,
  publish: Publish,
  payment: OrderPayment,
  intent: Stripe.PaymentIntent,
  result: IntentOutcome,
  expected: boolean,
): Promise<void> {
  const { orderId, paymentId, paymentAttempt: attempt, paymentStatus } = payment;
  const { outcome } = result;
  const at = now();
  const failureCode = outcome === "failed" ? result.code : null;
  const failureMessage = outcome === "failed" ? (intent.last_payment_error?.message ?? result.code) : null;
  const captured = outcome === "succeeded" ? intent.amount_received : 0;
  const actionUrl = outcome === "requires_action" ? (intent.next_action?.redirect_to_url?.url ?? null) : null;
  const entry: TimelineEntry = { orderId, key: attempt, ...timelineEntry(result, intent) };
  // The cancellation of a declined intent only cleans up.
  const entries = paymentStatus === "failed" && outcome === "canceled" ? [] : [entry];
  // A run waits for the event only if the customer had to authenticate.
  const completed: OutgoingEvent[] =
    paymentStatus === "requires_action" && outcome !== "requires_action"
      ? [
          {
            name: EVENTS.PAYMENT_COMPLETED,
            id: `payment-completed:${orderId}:${attempt}:${outcome}`,
            data: { orderId, attempt, outcome },
          },
        ]
      : [];
  const awaitsCustomer = outcome === "requires_action" && expected;
  const deadline = after((appEnv().PAYMENT_WINDOW_MINUTES + 10) * MINUTE, at);
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert(entries, at)}), published AS (${publish.insert(completed, at)}),
    waiting AS (
      UPDATE orders SET status = 'awaiting_payment', deadline_at = greatest(deadline_at, ${deadline}), updated_at = ${at}
      WHERE id = ${orderId} AND ${awaitsCustomer}
    ), extended AS (${reservationExtension(orderId, deadline, awaitsCustomer)}), processed AS (
      UPDATE webhook_inbox SET processed_at = ${at}, receipt = 'Applied from Stripe''s own answer.'
      WHERE provider = 'stripe' AND object_id = ${intent.id} AND processed_at IS NULL AND type LIKE 'payment_intent.%'
    )
    UPDATE payments SET status = ${outcome}::payment_status, intent_id = ${intent.id}, captured = ${captured}, next_action_url = ${actionUrl},
      failure_code = coalesce(${failureCode}, failure_code), failure_message = coalesce(${failureMessage}, failure_message), updated_at = ${at}
    WHERE id = ${paymentId}`;
}

function timelineEntry(result: IntentOutcome, intent: Stripe.PaymentIntent): Pick<TimelineEntry, "type" | "data"> {
  switch (result.outcome) {
    case "succeeded":
      return {
        type: "payment_succeeded",
        data: { amount: intent.amount_received, currency: intent.currency.toUpperCase() },
      };
    case "requires_action":
      return { type: "payment_action_required" };
    case "failed":
      return { type: "payment_failed", data: { code: result.code } };
    case "canceled":
      return { type: "payment_canceled" };
  }
}

/**
 * Cancels the PaymentIntents of an order that must not be paid any more: all if the order has ended, else those of earlier attempts,
 * and those up to `endingAttempt`, which the caller ends. The customer can pay again at any moment, and the new attempt is left
 * alone. If an intent has just succeeded, it is recorded and refunded. Returns how many it cancelled.
 */
export async function cancelOpenPaymentIntents(orderId: string, endingAttempt = 0): Promise<number> {
  const order = await db().order.findUnique({
    where: { id: orderId },
    select: {
      ...{ status: true, attempt: true },
      payments: {
        where: { intentId: { not: null }, status: { notIn: ["succeeded", "canceled"] } },
        select: { intentId: true, attempt: true },
      },
    },
  });
  if (!order) return 0;
  const last = isOpen(order.status) ? Math.max(order.attempt - 1, endingAttempt) : order.attempt;
  let canceled = 0;
  for (const { intentId, attempt } of order.payments)
    if (attempt <= last && intentId !== null && (await cancelAndSync(intentId))) canceled++;
  return canceled;
}

/** Cancels one PaymentIntent and records its state. Returns whether it cannot be paid any more. */
async function cancelAndSync(intentId: string): Promise<boolean> {
  const intent = await cancelPaymentIntent(intentId).catch((error) => {
    if (!hasCode(error, "resource_missing")) throw error;
  });
  if (intent) await syncOrderPayment(intent);
  else await markPaymentIntentMissing(intentId);
  return !intent || intent.status === "canceled";
}

/** Handles a PaymentIntent that Stripe does not have. It cannot be paid, and an alert asks the operators to check why. */
async function markPaymentIntentMissing(intentId: string): Promise<void> {
  await db().payment.updateMany({
    where: { intentId, captured: 0 },
    data: { status: "canceled", updatedAt: now() },
  });
  const subject = `Stripe does not have the PaymentIntent ${intentId} of one of our payments`;
  await raiseAlert({ kind: "payment_missing", incident: `payment-missing:${intentId}`, subject, detail: { intentId } });
}
