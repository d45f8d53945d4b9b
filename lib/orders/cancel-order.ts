import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { couponRelease } from "../coupons/redeem-coupon";
import type { Tx } from "../db";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations, returnSoldStock } from "../inventory/reservations";
import { lockOrder } from "../order-state/lock-order";
import { decideCancel } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { type Publish, withOutbox } from "../outbox";
import { refundRemainder } from "../payments/request-refund";

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

/** Returns whether a parcel of the order has left. */
export async function hasShipments(tx: Tx, orderId: string): Promise<boolean> {
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
