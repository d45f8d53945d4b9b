import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { couponRelease } from "../coupons/redeem-coupon";
import type { Tx } from "../db";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations, returnSoldStock } from "../inventory/reservations";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { decideCancel, type FailureReason, isOpen } from "../order-state/status";
import { type Publish, withOutbox } from "../outbox";
import { refundRemainder } from "../payments/refund-order";

/**
 * Cancels an order at any moment before it ships. One transaction sets the status, frees the stock and requests the refund.
 * A run that is charging the order sees the new status and ends. The function `cancel-order` cancels open PaymentIntents at
 * Stripe and emails the customer. A second call changes nothing.
 *
 * @throws AppError `not_found` (404), `order_not_cancellable` (409)
 */
export async function cancelOrder(orderId: string, reason: string): Promise<void> {
  await withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    const partlyShipped = order.status === "confirmed" && (await hasShipments(tx, orderId));
    const decision = decideCancel(order.status, partlyShipped);
    if (decision === "refuse")
      throw conflict(
        "order_not_cancellable",
        `An order that is ${partlyShipped ? "partly shipped" : order.status} cannot be cancelled.`,
      );
    if (decision === "cancel") await recordOrderCancellation(tx, publish, orderId, order.status, reason);
  });
}

async function hasShipments(tx: Tx, orderId: string): Promise<boolean> {
  return (await tx.shipment.findFirst({ where: { orderId }, select: { id: true } })) !== null;
}

/** Cancels an order within a transaction that holds the order's lock. */
export async function recordOrderCancellation(
  tx: Tx,
  publish: Publish,
  orderId: string,
  status: OrderStatus,
  reason: string,
): Promise<void> {
  const at = now();
  if (status === "confirmed") await returnSoldStock(tx, orderId);
  else await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_CANCELLED,
    id: `order-cancelled:${orderId}`,
    data: { orderId, reason },
  };
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_cancelled", data: { reason } }], at)}),
    published AS (${publish.insert([event], at)}),
    suppressed AS (${queuedEmailCancellation("order_confirmed", orderId)}),
    released AS (${couponRelease(orderId)})
    UPDATE orders SET status = 'cancelled', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  await refundRemainder(tx, publish, orderId, "order_cancelled");
}

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
