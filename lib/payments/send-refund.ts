import Stripe from "stripe";
import { ago } from "../clock";
import { db, type Prisma } from "../db";
import { lockOrder } from "../order-state/order-changes";
import { withOutbox } from "../outbox";
import { callStripe, IDEMPOTENCY_KEY_TTL_MS, listRefunds, withIdempotencyKey } from "../stripe";
import { refundRemainder } from "./refund-order";
import { alertRefundFailed, markRefundFailed, syncRefund, syncRefunds } from "./sync-refund";

type PendingRefund = Prisma.RefundGetPayload<{ include: { payment: { select: { intentId: true } } } }>;

export type RefundOutcome = "succeeded" | "pending" | "failed" | "unknown";

/**
 * Sends a refund to Stripe, once. Before a call under another key, or under a key that Stripe may have deleted, it checks
 * whether an earlier call succeeded. `unknown`: there is no such refund.
 * @throws AppError `stripe_unavailable`, with `retry`, if a retry can help
 */
export async function executeRefund(refundId: string): Promise<RefundOutcome> {
  const refund = await db().refund.findUnique({
    where: { id: refundId },
    include: { payment: { select: { intentId: true } } },
  });
  if (!refund) return "unknown";
  if (refund.status !== "pending") return refund.status;
  try {
    return await withIdempotencyKey("refunds", refund, async (key) =>
      syncRefund((await findAtStripe(refund)) ?? (await createAtStripe(refund, key))),
    );
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const code = error.code ?? error.type;
    await markRefundFailed(refund.id, code);
    await compensate(refund, code);
    return "failed";
  }
}

/**
 * Stripe refuses a refund if part of the money was refunded in its dashboard. Those refunds are recorded and the rest is
 * refunded. If that does not explain the refusal, an alert asks a person.
 */
async function compensate(refund: PendingRefund, code: string): Promise<void> {
  const { id, orderId, paymentId, amount, reason } = refund;
  await syncRefunds(intentOf(refund));
  const explained = await withOutbox(async (tx, publish) => {
    await lockOrder(tx, orderId);
    const payment = await tx.payment.findUniqueOrThrow({
      where: { id: paymentId },
      select: { captured: true, refunded: true },
    });
    // The rest has not changed, so Stripe has another reason and would refuse again.
    if (payment.captured - payment.refunded >= amount) return false;
    await refundRemainder(tx, publish, orderId, reason, paymentId);
    return true;
  });
  if (!explained) await alertRefundFailed(id, code);
}

function createAtStripe(refund: PendingRefund, idempotencyKey: string): Promise<Stripe.Refund> {
  const { id, orderId, amount } = refund;
  const params = { payment_intent: intentOf(refund), amount, metadata: { refund_id: id, order_id: orderId } };
  return callStripe((stripe) => stripe.refunds.create(params, { idempotencyKey }));
}

async function findAtStripe(refund: PendingRefund): Promise<Stripe.Refund | undefined> {
  const { id, stripeRefundId, idempotencyKeyVersion, createdAt } = refund;
  if (stripeRefundId) return callStripe((stripe) => stripe.refunds.retrieve(stripeRefundId));
  if (idempotencyKeyVersion === 0 && createdAt > ago(IDEMPOTENCY_KEY_TTL_MS)) return undefined;
  return (await listRefunds(intentOf(refund))).find(({ metadata }) => metadata?.refund_id === id);
}

/** Money was captured, so the payment has a PaymentIntent. */
function intentOf({ id, payment }: PendingRefund): string {
  if (payment.intentId === null) throw new Error(`The payment of refund ${id} has no PaymentIntent.`);
  return payment.intentId;
}
