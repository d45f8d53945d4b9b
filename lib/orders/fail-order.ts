import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { couponRelease } from "../coupons/redeem-coupon";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations } from "../inventory/reservations";
import { lockOrder } from "../order-state/lock-order";
import { type FailureReason, isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { type Publish, withOutbox } from "../outbox";
import { refundRemainder } from "../payments/request-refund";

/**
 * Ends an order that cannot be paid or confirmed, and returns the status it has afterwards. Its stock is free again, captured
 * money is refunded, and the function `payment-failed` emails the customer. Changes nothing if the order has ended already or
 * if it is at another attempt.
 */
export async function failOrder(orderId: string, attempt: number, reason: FailureReason): Promise<OrderStatus> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw new Error(`There is no order ${orderId}.`);
    if (!isOpen(order.status) || order.attempt !== attempt) return order.status;
    await recordOrderFailure(tx, publish, orderId, attempt, reason);
    return "failed";
  });
}

/** Fails an order within a transaction that holds the order's lock. */
export async function recordOrderFailure(
  tx: Tx,
  publish: Publish,
  orderId: string,
  attempt: number,
  reason: FailureReason,
): Promise<void> {
  const at = now();
  await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.PAYMENT_FAILED,
    id: `payment-failed:${orderId}:${attempt}`,
    data: { orderId, attempt, reason },
  };
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_failed", key: attempt, data: { reason } }], at)}),
    published AS (${publish.insert([event], at)}),
    released AS (${couponRelease(orderId)})
    UPDATE orders SET status = 'failed', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  await refundRemainder(tx, publish, orderId, reason);
}
