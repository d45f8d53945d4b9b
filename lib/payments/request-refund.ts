import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { timelineInsert } from "../order-state/timeline";
import type { Publish } from "../outbox";

/**
 * Requests a refund of all money that is left of an order, or of one payment, within a transaction that holds the order's lock.
 * The refund is stored before it is sent: `process-refund` calls Stripe. Requested refunds count as refunded, so a second call
 * finds nothing left.
 */
export async function refundRemainder(
  tx: Tx,
  publish: Publish,
  orderId: string,
  reason: string,
  paymentId?: string,
): Promise<void> {
  const payments = await tx.payment.findMany({
    where: { orderId, captured: { gt: tx.payment.fields.refunded }, ...(paymentId && { id: paymentId }) },
    select: { id: true, captured: true, refunded: true, currency: true },
  });
  for (const { id, captured, refunded, currency } of payments)
    await insertRefund(tx, publish, { orderId, paymentId: id, amount: captured - refunded, currency, reason });
}

export interface NewRefund {
  orderId: string;
  paymentId: string;
  /** Minor units. */
  amount: number;
  currency: string;
  reason: string;
}

/** Inserts a refund that is to be sent, and returns its id. The CHECK on payments refuses more than was captured. */
export async function insertRefund(tx: Tx, publish: Publish, refund: NewRefund): Promise<string> {
  const at = now();
  const refundId = newId("ref");
  const event: OutgoingEvent = {
    name: EVENTS.REFUND_REQUESTED,
    id: `refund-requested:${refundId}`,
    data: { refundId },
  };
  const { orderId, paymentId, amount, currency, reason } = refund;
  const data = { amount, currency, reason };
  await tx.$executeRaw`
    WITH payment AS (UPDATE payments SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${paymentId}),
    timeline AS (${timelineInsert([{ orderId, type: "refund_requested", key: refundId, data }], at)}),
    published AS (${publish.insert([event], at)})
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, idempotency_key, created_at, updated_at)
    VALUES (${refundId}, ${paymentId}, ${orderId}, ${amount}, ${currency}, ${reason}, 'pending', ${`refund:${refundId}`}, ${at}, ${at})`;
  return refundId;
}
