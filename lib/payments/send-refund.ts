import Stripe from "stripe";
import { now } from "../clock";
import { db } from "../db";
import { callStripe, isStoredFailure } from "../stripe";
import { failRefund, recordRefund } from "./record-refund";

interface PendingRefund {
  id: string;
  orderId: string;
  amount: number;
  status: string;
  idempotencyKey: string;
  tries: number;
  stripeRefundId: string | null;
  intentId: string;
}

export type RefundOutcome = "succeeded" | "pending" | "failed" | "unknown";

/**
 * Makes a refund at Stripe, once: before a second try it looks whether the first one went through after all.
 * @throws AppError `stripe_unavailable`, with `retry`, for what may heal by itself.
 */
export async function sendRefund(refundId: string): Promise<RefundOutcome> {
  const [refund] = await db().$queryRaw<PendingRefund[]>`
    SELECT r.id, r.order_id AS "orderId", r.amount, r.status, r.idempotency_key AS "idempotencyKey", r.tries,
      r.stripe_refund_id AS "stripeRefundId", p.intent_id AS "intentId"
    FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = ${refundId}`;
  if (!refund) return "unknown";
  if (refund.status !== "pending") return refund.status === "succeeded" ? "succeeded" : "failed";
  try {
    return await recordRefund((await alreadyMade(refund)) ?? (await make(refund)));
  } catch (error) {
    if (isStoredFailure(error))
      await db().$executeRaw`UPDATE refunds SET tries = tries + 1, updated_at = ${now()} WHERE id = ${refund.id}`;
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    await failRefund(refund.id, error.code ?? error.type);
    return "failed";
  }
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
  const { stripeRefundId, tries, intentId } = refund;
  if (stripeRefundId) return callStripe((stripe) => stripe.refunds.retrieve(stripeRefundId));
  if (tries === 0) return undefined;
  const made = await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }));
  return made.data.find(({ metadata }) => metadata?.refund_id === refund.id);
}
