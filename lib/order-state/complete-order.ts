import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS } from "../events";
import type { Publish } from "../outbox";
import { openItems, readLines } from "./open-lines";
import { insertTimeline, lockOrder } from "./order-changes";

/**
 * Ends a partly shipped order of which nothing is left to ship, because the rest was cancelled or refunded. It becomes shipped, or
 * delivered if every parcel has arrived. The transaction must hold the order's lock.
 */
export async function completePartlyShipped(tx: Tx, publish: Publish, orderId: string): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order?.status !== "confirmed") return;
  const shipments = await tx.shipment.findMany({ where: { orderId }, select: { deliveredAt: true } });
  if (shipments.length === 0 || openItems(await readLines(tx, orderId)).length > 0) return;
  const delivered = shipments.every(({ deliveredAt }) => deliveredAt !== null);
  const at = now();
  const status = delivered ? "delivered" : "shipped";
  await tx.order.update({ where: { id: orderId }, data: { status, updatedAt: at }, select: { id: true } });
  if (!delivered) return;
  await insertTimeline(tx, [{ orderId, type: "order_delivered" }], at);
  publish({ name: EVENTS.ORDER_DELIVERED, id: `order-delivered:${orderId}`, data: { orderId } });
}
