import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { claimIdempotencyKey, storedResponse, storeResponse } from "../idempotency";
import { newId } from "../ids";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { type OpenLine, type ParcelItem, planParcel, sameItems } from "./plan-parcel";
import type { ShipRequest } from "./request";

/** What `POST /api/admin/orders/{id}/ship` answers. */
export interface Shipped {
  orderId: string;
  /** `confirmed` while something is left to ship, then `shipped`. */
  status: OrderStatus;
  shipment: { id: string; carrier: string; trackingNumber: string; items: ParcelItem[]; shippedAt: string };
}

export interface Shipping {
  /** Who sends it: a user's id. */
  by: string;
  /** The client's Idempotency-Key. */
  key?: string;
}

/**
 * A parcel of a confirmed order leaves: all that is left, or the items named. An order is shipped once everything has left,
 * and stays confirmed until then. The same key, or the same carrier and tracking number, is the same parcel.
 *
 * @throws AppError `not_found` (404); `order_not_shippable`, `tracking_number_used`, `idempotency_key_reused` (409);
 * `validation_failed` (422) for more than is left, or for what was not ordered
 */
export async function shipOrder(orderId: string, request: ShipRequest, { by, key }: Shipping) {
  const events: OutgoingEvent[] = [];
  const idempotent = key === undefined ? undefined : { scope: `ship:${orderId}`, key, body: request };
  const result = await transaction(async (tx) => {
    events.length = 0;
    const [order] = await tx.$queryRaw<
      { status: OrderStatus }[]
    >`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order) throw notFound("order");
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<Shipped>(idempotent, tx);
      if (answer) return { answer, replayed: true };
    }
    const known = await findParcel(tx, orderId, order.status, request);
    const answer = known ?? (await write(tx, orderId, order.status, request, by, events));
    if (idempotent) await tx.$executeRaw(storeResponse(idempotent, Prisma.sql`${JSON.stringify(answer)}::jsonb`));
    return { answer, replayed: known !== undefined };
  });
  await announce(events);
  return result;
}

async function findParcel(
  tx: Tx,
  orderId: string,
  status: OrderStatus,
  { carrier, trackingNumber, items }: ShipRequest,
) {
  const [known] = await tx.$queryRaw<{ id: string; shippedAt: Date; items: ParcelItem[] }[]>`
    SELECT s.id, s.shipped_at AS "shippedAt",
      (SELECT json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity)) FROM shipment_items i WHERE i.shipment_id = s.id) AS items
    FROM shipments s WHERE s.order_id = ${orderId} AND s.carrier = ${carrier} AND s.tracking_number = ${trackingNumber}`;
  if (!known) return undefined;
  if (items && !sameItems(items, known.items))
    throw conflict("tracking_number_used", "Another parcel of this order has this tracking number.", [
      { path: "trackingNumber", message: "belongs to a parcel with other items" },
    ]);
  const shipment = { id: known.id, carrier, trackingNumber, items: known.items };
  return { orderId, status, shipment: { ...shipment, shippedAt: known.shippedAt.toISOString() } } satisfies Shipped;
}

async function write(
  tx: Tx,
  orderId: string,
  status: OrderStatus,
  { carrier, trackingNumber, items: wanted }: ShipRequest,
  by: string,
  events: OutgoingEvent[],
): Promise<Shipped> {
  if (status !== "confirmed")
    throw conflict("order_not_shippable", `An order that is ${status} cannot be shipped; only a confirmed one can.`);
  const lines = await tx.$queryRaw<OpenLine[]>`
    SELECT l.product_id AS "productId", l.quantity, coalesce(sum(i.quantity), 0)::int AS shipped
    FROM order_lines l LEFT JOIN shipments s ON s.order_id = l.order_id
    LEFT JOIN shipment_items i ON i.shipment_id = s.id AND i.product_id = l.product_id
    WHERE l.order_id = ${orderId} GROUP BY l.position, l.product_id, l.quantity ORDER BY l.position`;
  const plan = planParcel(lines, wanted);
  if ("errors" in plan) throw invalid("The parcel cannot hold this.", plan.errors);
  const at = now();
  const shipmentId = newId("shp");
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_SHIPPED,
    id: `order-shipped:${shipmentId}`,
    data: { orderId, shipmentId },
  };
  const entry = {
    orderId,
    type: plan.complete ? ("order_shipped" as const) : ("order_partly_shipped" as const),
    key: shipmentId,
    data: { carrier, trackingNumber, items: plan.items },
  };
  const after: OrderStatus = plan.complete ? "shipped" : "confirmed";
  await tx.$executeRaw`
    WITH parcel AS (
      INSERT INTO shipments (id, order_id, carrier, tracking_number, shipped_by, shipped_at)
      VALUES (${shipmentId}, ${orderId}, ${carrier}, ${trackingNumber}, ${by}, ${at})
    ), packed AS (
      INSERT INTO shipment_items (shipment_id, product_id, quantity)
      SELECT ${shipmentId}, i."productId", i.quantity FROM jsonb_to_recordset(${JSON.stringify(plan.items)}::jsonb) AS i("productId" text, quantity int)
    ), told AS (${timelineInsert([entry], at)}), announced AS (${outboxInsert([event], at)})
    UPDATE orders SET status = ${after}::order_status, updated_at = ${at} WHERE id = ${orderId}`;
  events.push(event);
  const shipment = { id: shipmentId, carrier, trackingNumber, items: plan.items, shippedAt: at.toISOString() };
  return { orderId, status: after, shipment };
}
