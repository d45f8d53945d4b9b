import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { timelineInsert } from "../order-state/timeline";
import { outboxInsert } from "../outbox";

interface Remainder {
  id: string;
  rest: number;
  currency: string;
}

/**
 * Sends back all that is left of an order's money (or of one payment's), within a transaction that holds the lock on the
 * order. The refund is a row before it is a call: `process-refund` makes the call. What is on its way back already is not
 * counted again, so a second call finds nothing left. Returns the events to announce after the commit.
 */
export async function refundRemainder(
  tx: Tx,
  orderId: string,
  reason: string,
  paymentId?: string,
): Promise<OutgoingEvent[]> {
  const payments = await tx.$queryRaw<Remainder[]>`
    SELECT id, captured - refunded AS rest, currency FROM payments
    WHERE order_id = ${orderId} AND captured > refunded AND (${paymentId ?? null}::text IS NULL OR id = ${paymentId ?? null})`;
  const events: OutgoingEvent[] = [];
  for (const { id, rest, currency } of payments)
    events.push(await insertRefund(tx, { orderId, paymentId: id, amount: rest, currency, reason }));
  return events;
}

export interface NewRefund {
  orderId: string;
  paymentId: string;
  /** Minor units. */
  amount: number;
  currency: string;
  reason: string;
}

/** Writes a refund that is to be made. The CHECK on payments refuses more than was captured. */
export async function insertRefund(tx: Tx, refund: NewRefund): Promise<OutgoingEvent<"refund/requested">> {
  const at = now();
  const refundId = newId("ref");
  const event: OutgoingEvent<"refund/requested"> = {
    name: EVENTS.REFUND_REQUESTED,
    id: `refund-requested:${refundId}`,
    data: { refundId },
  };
  const { orderId, paymentId, amount, currency, reason } = refund;
  await tx.$executeRaw`
    WITH taken AS (UPDATE payments SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${paymentId}),
    told AS (${timelineInsert([{ orderId, type: "refund_requested", key: refundId, data: { amount, currency, reason } }], at)}),
    announced AS (${outboxInsert([event], at)})
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, idempotency_key, created_at, updated_at)
    VALUES (${refundId}, ${paymentId}, ${orderId}, ${amount}, ${currency}, ${reason}, 'pending', ${`refund:${refundId}`}, ${at}, ${at})`;
  return event;
}
