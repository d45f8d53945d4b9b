import { z } from "zod";
import { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import type { Tx } from "../db";
import { conflict, type FieldError, invalid, notFound } from "../errors";
import { EVENTS } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { type LineState, readLines, sameItems } from "../order-state/open-lines";
import { insertTimeline, lockOrder, type TimelineEntry } from "../order-state/order-changes";
import { WON_DISPUTES } from "../order-state/status";
import { uniqueProducts } from "../order-state/unique-products";
import { type Publish, withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { timeSchema } from "../view-schemas";
import { type ShipmentItem, shipmentItemSchema } from "./view-shipment";

/** The body of the response to `POST /api/admin/orders/{id}/ship`. */
export const shippedSchema = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus).describe("confirmed while something is left to ship, then shipped"),
  shipment: z.strictObject({
    ...{ id: z.string(), carrier: z.string(), trackingNumber: z.string() },
    items: z.array(shipmentItemSchema),
    shippedAt: timeSchema,
  }),
});

type Shipped = z.output<typeof shippedSchema>;

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
  if ((await tx.dispute.count({ where: { orderId, status: { notIn: WON_DISPUTES } } })) > 0)
    throw conflict("order_not_shippable", "The payment of this order is disputed, so its items cannot be shipped.");
  const plan = planShipment(await readLines(tx, orderId), requested);
  if ("errors" in plan) {
    if (plan.withheld) throw conflict("order_not_shippable", WITHHELD, plan.errors);
    throw invalid("These items cannot be shipped.", plan.errors);
  }
  const { items, complete } = plan;
  if (items.length === 0) throw conflict("order_not_shippable", WITHHELD);
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

const WITHHELD = "These items were cancelled or refunded, or their refund is under way. They cannot be shipped.";

const itemSchema = z.strictObject({
  productId: plainTextSchema(100),
  quantity: z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000"),
});

/** The body of `POST /api/admin/orders/{id}/ship`; without items, everything that has not shipped yet. */
export const shipSchema = z.strictObject({
  carrier: plainTextSchema(100),
  trackingNumber: plainTextSchema(100),
  items: z
    .array(itemSchema)
    .min(1, "must hold at least one item")
    .max(100, "must hold at most 100 items")
    .superRefine(uniqueProducts("is in this shipment already"))
    .optional(),
});

export type ShipRequest = z.output<typeof shipSchema>;

/** The body of `POST /api/admin/orders/{id}/deliver`; without a number, every shipment on its way. */
export const deliverSchema = z.strictObject({ trackingNumber: plainTextSchema(100).optional() });

/**
 * The items of a shipment and whether it completes the order, or the errors of the request. `withheld`: they could be shipped if
 * they were not cancelled or refunded.
 */
export type ShipmentPlan = { items: ShipmentItem[]; complete: boolean } | { errors: FieldError[]; withheld?: true };

/** Plans a shipment: the requested items, or all that are left. It never holds more than was ordered and is left. Pure. */
export function planShipment(lines: LineState[], requested?: ShipmentItem[]): ShipmentPlan {
  const left = new Map(
    lines.map(({ productId, quantity, shipped, withheld }) => [productId, quantity - shipped - withheld]),
  );
  const rest = [...left].map(([productId, quantity]) => ({ productId, quantity }));
  const items = requested ?? rest.filter(({ quantity }) => quantity > 0);
  const errors = items.flatMap(({ productId, quantity }, index) => {
    const available = left.get(productId);
    if (available === undefined) return [{ path: `items.${index}.productId`, message: "is not part of this order" }];
    if (quantity > available) return [{ path: `items.${index}.quantity`, message: `only ${available} left to ship` }];
    return [];
  });
  const withheld = lines.some(({ productId, quantity, shipped, withheld }) => {
    const wanted = items.find((item) => item.productId === productId)?.quantity ?? 0;
    return withheld > 0 && wanted > quantity - shipped - withheld && wanted <= quantity - shipped;
  });
  if (errors.length > 0) return { errors, ...(withheld && { withheld }) };
  for (const { productId, quantity } of items) left.set(productId, (left.get(productId) ?? 0) - quantity);
  return { items, complete: [...left.values()].every((quantity) => quantity === 0) };
}

/** The body of the response to `POST /api/admin/orders/{id}/deliver`. */
export const deliveredSchema = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus),
  inTransit: z.int().describe("Parcels still on their way"),
});

type Delivered = z.output<typeof deliveredSchema>;

/**
 * Records that one shipment of an order, or each one on its way, has been delivered. The order is delivered when everything
 * has shipped and arrived. A second call changes nothing.
 *
 * @throws AppError `not_found` (404), `order_not_shipped` (409), `validation_failed` (422) for an unknown tracking number
 */
export async function deliverOrder(orderId: string, trackingNumber?: string): Promise<Delivered> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    const shipments = await tx.shipment.findMany({
      where: { orderId },
      select: { id: true, trackingNumber: true, deliveredAt: true },
    });
    if (shipments.length === 0) throw conflict("order_not_shipped", "Nothing of this order has been shipped.");
    const matching = shipments.filter((one) => trackingNumber === undefined || one.trackingNumber === trackingNumber);
    if (matching.length === 0)
      throw invalid("No shipment of this order has this tracking number.", [
        { path: "trackingNumber", message: "matches no shipment of this order" },
      ]);
    const arrived = matching.filter(({ deliveredAt }) => deliveredAt === null);
    const inTransit = shipments.filter(({ deliveredAt }) => deliveredAt === null).length - arrived.length;
    const last = order.status === "shipped" && inTransit === 0;
    const status = last ? "delivered" : order.status;
    if (arrived.length === 0 && !last) return { orderId, status, inTransit };
    const at = now();
    const entries: TimelineEntry[] = arrived.map((shipment) => ({
      orderId,
      type: "parcel_delivered",
      key: shipment.id,
      data: { trackingNumber: shipment.trackingNumber },
    }));
    if (last) entries.push({ orderId, type: "order_delivered" });
    await tx.shipment.updateMany({ where: { id: { in: arrived.map(({ id }) => id) } }, data: { deliveredAt: at } });
    await insertTimeline(tx, entries, at);
    await tx.order.update({ where: { id: orderId }, data: { status, updatedAt: at }, select: { id: true } });
    if (last) publish({ name: EVENTS.ORDER_DELIVERED, id: `order-delivered:${orderId}`, data: { orderId } });
    return { orderId, status, inTransit };
  });
}
