import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { couponReturn } from "../coupons/redeem-coupon";
import { type Tx, transaction } from "../db";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations, returnSold } from "../inventory/reservations";
import { decideCancel } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { refundRemainder } from "../payments/request-refund";

/**
 * Cancels an order, from outside and at any moment until it ships. The state is set here, in one transaction: stock is
 * free again, money that came is on its way back. A run that is charging it sees that and ends; `cancel-order` closes what
 * is open at Stripe and tells the customer. Cancelling twice is cancelling once.
 *
 * @throws AppError `not_found` (404), `order_not_cancellable` (409)
 */
export async function cancelOrder(orderId: string, reason: string): Promise<void> {
  const events: OutgoingEvent[] = [];
  await transaction(async (tx) => {
    events.length = 0;
    const [order] = await tx.$queryRaw<
      { status: OrderStatus }[]
    >`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order) throw notFound("order");
    const partlyShipped = order.status === "confirmed" && (await hasParcels(tx, orderId));
    const decision = decideCancel(order.status, partlyShipped);
    if (decision === "refuse")
      throw conflict(
        "order_not_cancellable",
        `An order that is ${partlyShipped ? "partly shipped" : order.status} cannot be cancelled.`,
      );
    if (decision === "cancel") events.push(...(await recordOrderCancellation(tx, orderId, order.status, reason)));
  });
  await announce(events);
}

/** Asked once the lock is held, in a statement of its own: one that waited for the lock would not see what came meanwhile. */
async function hasParcels(tx: Tx, orderId: string): Promise<boolean> {
  const parcels = await tx.$queryRaw<unknown[]>`SELECT 1 FROM shipments WHERE order_id = ${orderId} LIMIT 1`;
  return parcels.length > 0;
}

/** The writes of a cancellation, in a transaction that holds the lock on the order. Returns the events to announce. */
export async function recordOrderCancellation(
  tx: Tx,
  orderId: string,
  status: OrderStatus,
  reason: string,
): Promise<OutgoingEvent[]> {
  const at = now();
  if (status === "confirmed") await returnSold(tx, orderId);
  else await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_CANCELLED,
    id: `order-cancelled:${orderId}`,
    data: { orderId, reason },
  };
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_cancelled", data: { reason } }], at)}), announced AS (${outboxInsert([event], at)}),
    hushed AS (${queuedEmailCancellation("order_confirmed", orderId)}), returned AS (${couponReturn(orderId)})
    UPDATE orders SET status = 'cancelled', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  return [event, ...(await refundRemainder(tx, orderId, "order_cancelled"))];
}
