import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { couponReturn } from "../coupons/redeem-coupon";
import { type Tx, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations } from "../inventory/reservations";
import { type FailureReason, isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { refundRemainder } from "../payments/request-refund";

/**
 * The order ends unpaid: its stock is free again, money that came is on its way back, and `payment-failed` will tell the
 * customer. Changes nothing when the order has ended already or gone on to another attempt. Returns the status it has now.
 */
export async function failOrder(orderId: string, attempt: number, reason: FailureReason): Promise<OrderStatus> {
  const events: OutgoingEvent[] = [];
  const status = await transaction(async (tx) => {
    events.length = 0;
    const [order] = await tx.$queryRaw<{ status: OrderStatus; attempt: number }[]>`
      SELECT status, attempt FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order) throw new Error(`There is no order ${orderId}.`);
    if (!isOpen(order.status) || order.attempt !== attempt) return order.status;
    events.push(...(await recordOrderFailure(tx, orderId, attempt, reason)));
    return "failed";
  });
  await announce(events);
  return status;
}

/** The writes of a failure, in a transaction that holds the lock on the order. Returns the events to announce. */
export async function recordOrderFailure(
  tx: Tx,
  orderId: string,
  attempt: number,
  reason: FailureReason,
): Promise<OutgoingEvent[]> {
  const at = now();
  await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.PAYMENT_FAILED,
    id: `payment-failed:${orderId}:${attempt}`,
    data: { orderId, attempt, reason },
  };
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_failed", key: attempt, data: { reason } }], at)}),
    announced AS (${outboxInsert([event], at)}), returned AS (${couponReturn(orderId)})
    UPDATE orders SET status = 'failed', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  return [event, ...(await refundRemainder(tx, orderId, reason))];
}
