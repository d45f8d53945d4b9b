import type { OrderStatus } from "@/prisma/generated/enums";
import { MINUTE, now } from "../clock";
import { db, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { batchSendEvents } from "../inngest";
import { releaseReservations } from "../inventory/reservations";
import { isOpen } from "../order-state/status";
import { failOrder } from "../orders/fail-order";
import { announce } from "../outbox";
import { cancelOpenPaymentIntents } from "../payments/cancel-payment-intents";
import { expireReview } from "../review/decide-review";
import { each } from "./each";

interface Found {
  id: string;
  status: OrderStatus;
  attempt: number;
  paid: boolean;
  /** A manager has not decided yet whether it may go on. */
  held: boolean;
}

/**
 * Sets the workflow of orders going again. Should the first run be alive after all, two work on the order, which is the
 * same as one: every step of `process-order` can be taken twice.
 */
export async function restartOrders(orderIds: string[]): Promise<number> {
  const slot = Math.floor(now().getTime() / (15 * MINUTE));
  const orders = (await read(orderIds)).filter((order) => isOpen(order.status));
  const events = orders.map(
    ({ id: orderId, attempt }): OutgoingEvent => ({
      name: EVENTS.ORDER_CREATED,
      id: `order-created:${orderId}:again:${slot}`,
      data: { orderId, attempt },
    }),
  );
  await transaction((tx) => batchSendEvents(tx, events));
  await announce(events);
  return events.length;
}

/** Ends orders that are past their deadline: what can still be paid at Stripe is closed first, and what was paid is confirmed, unless nobody has released it. */
export async function endOverdueOrders(orderIds: string[]): Promise<{ done: number; failed: number }> {
  return each(orderIds, async (orderId) => {
    await cancelOpenPaymentIntents(orderId);
    const [order] = (await read([orderId])).filter(({ status }) => isOpen(status));
    if (order?.paid && order.held) await expireReview(orderId);
    else if (order?.paid) await restartOrders([orderId]);
    else if (order) await failOrder(orderId, order.attempt, "expired");
  });
}

/** Frees stock that ended orders still hold, and ends open orders whose reservation has run out. */
export async function releaseExpired(orderIds: string[]): Promise<number> {
  const orders = await read(orderIds);
  await endOverdueOrders(orders.filter((order) => isOpen(order.status)).map((order) => order.id));
  let released = 0;
  for (const { id } of orders)
    released += await transaction(async (tx) => {
      const [order] = await tx.$queryRaw<
        { status: OrderStatus }[]
      >`SELECT status FROM orders WHERE id = ${id} FOR UPDATE`;
      return order && !isOpen(order.status) ? releaseReservations(tx, id) : 0;
    });
  return released;
}

async function read(orderIds: string[]): Promise<Found[]> {
  return db().$queryRaw<Found[]>`
    SELECT o.id, o.status, o.attempt,
      EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.attempt = o.attempt AND p.captured > 0) AS paid,
      EXISTS (SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held') AS held
    FROM orders o WHERE o.id = ANY(${orderIds})`;
}
