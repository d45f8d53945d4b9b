import Stripe from "stripe";
import { ago } from "../clock";
import { db, type Row, transaction } from "../db";
import { installationId } from "../installation";
import { addManualTask } from "../manual-queue";
import { formatMoney } from "../money";
import { lockOrder } from "../order-state/order-changes";
import { withOutbox } from "../outbox";
import { callStripe, IDEMPOTENCY_KEY_TTL_MS, listRefunds, withIdempotencyKey } from "../stripe";
import { insertRefund, REPLACED } from "./refund-order";
import { alertRefundFailed, markRefundFailed, syncRefund, syncRefunds } from "./sync-refund";

const WITH_PAYMENT = {
  payment: { select: { intentId: true, provider: true } },
  order: { select: { number: true } },
} as const;

type PendingRefund = Row<"refund", { include: typeof WITH_PAYMENT }>;

/** `manual`: an operator pays it back at the provider that has the money. */
export type RefundOutcome = "succeeded" | "pending" | "failed" | "manual" | "unknown";

/**
 * Sends a refund to Stripe, once. Before a call under another key, or under a key that Stripe may have deleted, it checks
 * whether an earlier call succeeded. `unknown`: there is no such refund.
 * @throws AppError `stripe_unavailable`, with `retry`, if a retry can help
 */
export async function executeRefund(refundId: string): Promise<RefundOutcome> {
  const refund = await db().refund.findUnique({
    where: { id: refundId },
    include: WITH_PAYMENT,
  });
  if (!refund) return "unknown";
  if (refund.status === "failed") await compensate(refund);
  if (refund.status !== "pending") return refund.status;
  if (refund.payment.provider !== "stripe") return askOperator(refund);
  try {
    return await withIdempotencyKey("refunds", refund, async (key) =>
      syncRefund((await findAtStripe(refund)) ?? (await createAtStripe(refund, key))),
    );
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    await markRefundFailed(refund.id, error.code ?? error.type);
    await compensate(refund);
    return "failed";
  }
}

/** The money is at another provider, so a task asks an operator to pay it back there. Safe to repeat. */
async function askOperator({ id, orderId, amount, currency, payment, order }: PendingRefund): Promise<RefundOutcome> {
  const message = `Pay back ${formatMoney({ amount, currency })} of order ${order.number} at ${payment.provider}.`;
  await transaction((tx) => addManualTask(tx, "refund", id, { code: "external_refund", message, orderId }));
  return "manual";
}

/**
 * Stripe refuses a refund if part of the money was refunded in its dashboard. Those refunds are recorded and the rest is
 * refunded. If that does not explain the refusal, a person decides. Safe to repeat.
 */
async function compensate(refund: PendingRefund): Promise<void> {
  const { id, orderId, paymentId, amount, currency, reason } = refund;
  await syncRefunds(intentOf(refund));
  const owed = await withOutbox(async (tx, publish) => {
    await lockOrder(tx, orderId);
    const failed = await tx.refund.findUniqueOrThrow({
      where: { id },
      select: { status: true, failureCode: true, stripeRefundId: true },
    });
    if (failed.status !== "failed" || failed.failureCode === REPLACED) return undefined;
    // Stripe has the refund, so it did not refuse it.
    if (failed.stripeRefundId) return failed.failureCode;
    const payment = await tx.payment.findUniqueOrThrow({
      where: { id: paymentId },
      select: { captured: true, refunded: true },
    });
    const rest = payment.captured - payment.refunded;
    // The rest has not changed, so Stripe has another reason and would refuse again.
    if (rest >= amount) return failed.failureCode;
    await tx.refund.update({ where: { id }, data: { failureCode: REPLACED }, select: { id: true } });
    await tx.manualTask.deleteMany({ where: { kind: "refund", entityId: id, resolvedAt: null } });
    // The items stay with the replaced refund.
    if (rest > 0) await insertRefund(tx, publish, { orderId, paymentId, amount: rest, currency, reason });
    return undefined;
  });
  if (owed) await alertRefundFailed(id, owed);
}

async function createAtStripe(refund: PendingRefund, idempotencyKey: string): Promise<Stripe.Refund> {
  const { id, orderId, amount } = refund;
  const metadata = { refund_id: id, order_id: orderId, installation_id: await installationId() };
  const params = { payment_intent: intentOf(refund), amount, metadata };
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
