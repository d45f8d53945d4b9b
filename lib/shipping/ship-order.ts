import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import type { Tx } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { lockOrder } from "../order-state/lock-order";
import { insertTimeline } from "../order-state/timeline";
import { type Publish, withOutbox } from "../outbox";
import { type OpenLine, planShipment, sameItems } from "./plan-shipment";
import type { ShipRequest } from "./request";
import type { ShipmentItem } from "./view-shipment";

/** The answer of `POST /api/admin/orders/{id}/ship`. */
export interface Shipped {
  orderId: string;
  /** `confirmed` while something is left to ship, then `shipped`. */
  status: OrderStatus;
  shipment: { id: string; carrier: string; trackingNumber: string; items: ShipmentItem[]; shippedAt: string };
}

export interface Shipping {
  /** The id of the user who ships. */
  by: string;
  /** The client's Idempotency-Key. */
  key?: string;
}

/**
 * Ships items of a confirmed order: the requested ones, or all that are left. The order stays confirmed until everything has
 * shipped. The same key, or the same carrier and tracking number, is the same shipment (`replayed`).
 *
 * @throws AppError `not_found` (404); `order_not_shippable`, `tracking_number_used`, `idempotency_key_reused` (409);
 * `validation_failed` (422) for more than is left, or for what was not ordered
 */
export async function shipOrder(
  orderId: string,
  request: ShipRequest,
  { by, key }: Shipping,
): Promise<{ answer: Shipped; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : { scope: `ship:${orderId}`, caller: by, key, body: request };
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<Shipped>(idempotent, tx);
      if (answer) return { answer, replayed: true };
    }
    const existing = await findShipment(tx, orderId, order.status, request);
    const answer = existing ?? (await insertShipment(tx, publish, orderId, order.status, request, by));
    if (idempotent) await saveResponse(tx, idempotent, answer);
    return { answer, replayed: existing !== undefined };
  });
}

async function findShipment(
  tx: Tx,
  orderId: string,
  status: OrderStatus,
  { carrier, trackingNumber, items }: ShipRequest,
): Promise<Shipped | undefined> {
  const known = await tx.shipment.findUnique({
    where: { orderId_carrier_trackingNumber: { orderId, carrier, trackingNumber } },
    select: { id: true, shippedAt: true, items: { select: { productId: true, quantity: true } } },
  });
  if (!known) return undefined;
  if (items && !sameItems(items, known.items))
    throw conflict("tracking_number_used", "Another shipment of this order has this tracking number.", [
      { path: "trackingNumber", message: "belongs to a shipment with other items" },
    ]);
  const shipment = { id: known.id, carrier, trackingNumber, items: known.items };
  return { orderId, status, shipment: { ...shipment, shippedAt: known.shippedAt.toISOString() } };
}

async function insertShipment(
  tx: Tx,
  publish: Publish,
  orderId: string,
  status: OrderStatus,
  { carrier, trackingNumber, items: requested }: ShipRequest,
  by: string,
): Promise<Shipped> {
  if (status !== "confirmed")
    throw conflict("order_not_shippable", `An order that is ${status} cannot be shipped; only a confirmed one can.`);
  const plan = planShipment(await readOpenLines(tx, orderId), requested);
  if ("errors" in plan) throw invalid("These items cannot be shipped.", plan.errors);
  const { items, complete } = plan;
  const at = now();
  const shipmentId = newId("shp");
  const after = complete ? "shipped" : "confirmed";
  await tx.shipment.create({
    data: { id: shipmentId, orderId, carrier, trackingNumber, shippedBy: by, shippedAt: at },
    select: { id: true },
  });
  await tx.shipmentItem.createMany({
    data: items.map(({ productId, quantity }) => ({ shipmentId, productId, quantity })),
  });
  const type = complete ? "order_shipped" : "order_partly_shipped";
  const data = { carrier, trackingNumber, items: items.map(({ productId, quantity }) => ({ productId, quantity })) };
  await insertTimeline(tx, [{ orderId, type, key: shipmentId, data }], at);
  await tx.order.update({ where: { id: orderId }, data: { status: after, updatedAt: at }, select: { id: true } });
  publish({ name: EVENTS.ORDER_SHIPPED, id: `order-shipped:${shipmentId}`, data: { orderId, shipmentId } });
  return {
    orderId,
    status: after,
    shipment: { id: shipmentId, carrier, trackingNumber, items, shippedAt: at.toISOString() },
  };
}

async function readOpenLines(tx: Tx, orderId: string): Promise<OpenLine[]> {
  const order = await tx.order.findUniqueOrThrow({
    where: { id: orderId },
    select: {
      lines: { orderBy: { position: "asc" }, select: { productId: true, quantity: true } },
      shipments: { select: { items: { select: { productId: true, quantity: true } } } },
    },
  });
  const shipped = new Map<string, number>();
  for (const { productId, quantity } of order.shipments.flatMap(({ items }) => items))
    shipped.set(productId, (shipped.get(productId) ?? 0) + quantity);
  return order.lines.map((line) => ({ ...line, shipped: shipped.get(line.productId) ?? 0 }));
}
