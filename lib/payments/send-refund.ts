import Stripe from "stripe";
import { ago, now } from "../clock";
import { db, transaction } from "../db";
import { announce } from "../outbox";
import { callStripe, IDEMPOTENCY_KEY_TTL, isReplayedError } from "../stripe";
import { refundRemainder } from "./request-refund";
import { alertRefundFailed, markRefundFailed, syncRefund, syncRefunds } from "./sync-refund";

interface PendingRefund {
  id: string;
  orderId: string;
  amount: number;
  status: string;
  idempotencyKey: string;
  tries: number;
  stripeRefundId: string | null;
  intentId: string;
  paymentId: string;
  reason: string;
  createdAt: Date;
}

export type RefundOutcome = "succeeded" | "pending" | "failed" | "unknown";

/**
 * Makes a refund at Stripe, once: before a second try under another key, or one that Stripe may have forgotten, it looks
 * whether the first one went through after all.
 * @throws AppError `stripe_unavailable`, with `retry`, for what may heal by itself.
 */
export async function executeRefund(refundId: string): Promise<RefundOutcome> {
  const [refund] = await db().$queryRaw<PendingRefund[]>`
    SELECT r.id, r.order_id AS "orderId", r.amount, r.status, r.idempotency_key AS "idempotencyKey", r.tries,
      r.stripe_refund_id AS "stripeRefundId", p.intent_id AS "intentId", p.id AS "paymentId", r.reason,
      r.created_at AS "createdAt"
    FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = ${refundId}`;
  if (!refund) return "unknown";
  if (refund.status !== "pending") return refund.status === "succeeded" ? "succeeded" : "failed";
  try {
    return await syncRefund((await alreadyMade(refund)) ?? (await make(refund)));
  } catch (error) {
    if (isReplayedError(error))
      await db().$executeRaw`UPDATE refunds SET tries = tries + 1, updated_at = ${now()} WHERE id = ${refund.id}`;
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    await markRefundFailed(refund.id, error.code ?? error.type);
    await makeUpFor(refund, error.code ?? error.type);
    return "failed";
  }
}

/**
 * Stripe refuses a refund when part of the money has gone back already, by way of its dashboard. Then what it knows is
 * taken over and the rest is refunded; what cannot be explained so is for a person.
 */
async function makeUpFor(
  { id, orderId, paymentId, amount, reason, intentId }: PendingRefund,
  code: string,
): Promise<void> {
  await syncRefunds(intentId);
  const events = await transaction(async (tx) => {
    const [payment] = await tx.$queryRaw<{ rest: number }[]>`
      SELECT p.captured - p.refunded AS rest FROM orders o JOIN payments p ON p.order_id = o.id WHERE p.id = ${paymentId} FOR UPDATE OF o, p`;
    // No more than before is left: Stripe has another reason, and would have it again.
    if (!payment || payment.rest >= amount) return undefined;
    return refundRemainder(tx, orderId, reason, paymentId);
  });
  if (events) return announce(events);
  await alertRefundFailed(id, code);
}

function make({ id, orderId, amount, idempotencyKey, tries, intentId }: PendingRefund): Promise<Stripe.Refund> {
  return callStripe((stripe) =>
    stripe.refunds.create(
      { payment_intent: intentId, amount, metadata: { refund_id: id, order_id: orderId } },
      { idempotencyKey: `${idempotencyKey}:${tries}` },
    ),
  );
}

async function alreadyMade(refund: PendingRefund): Promise<Stripe.Refund | undefined> {
  const { stripeRefundId, tries, intentId, createdAt } = refund;
  if (stripeRefundId) return callStripe((stripe) => stripe.refunds.retrieve(stripeRefundId));
  if (tries === 0 && createdAt > ago(IDEMPOTENCY_KEY_TTL)) return undefined;
  const made = await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }));
  return made.data.find(({ metadata }) => metadata?.refund_id === refund.id);
}
