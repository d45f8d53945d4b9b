import { db } from "../db";
import type { WebhookEvent } from "./webhook-event";

interface Row {
  orderId: string;
  number: number;
  amount: number;
  currency: string;
  reason: string | null;
}

/** What is told of a fact: ids and amounts, nothing of the customer. Undefined where the order is no more. */
export async function webhookPayload(fact: WebhookEvent): Promise<Record<string, unknown> | undefined> {
  const [order] = await db().$queryRaw<Row[]>`
    SELECT id AS "orderId", number, total_amount AS amount, currency, end_reason AS reason FROM orders WHERE id = ${fact.orderId}`;
  if (!order) return undefined;
  const { orderId, number, amount, currency, reason } = order;
  const about = { orderId, number: String(number), total: { amount, currency } };
  if (fact.type === "order.cancelled") return { ...about, reason };
  if (fact.type === "order.shipped") return { ...about, shipment: await readShipment(fact.shipmentId) };
  if (fact.type === "order.refunded") return { ...about, refund: await readRefund(fact.refundId) };
  return about;
}

async function readShipment(id: string) {
  const [shipment] = await db().$queryRaw<{ id: string; carrier: string; trackingNumber: string; items: unknown }[]>`
    SELECT id, carrier, tracking_number AS "trackingNumber",
      (SELECT json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity)) FROM shipment_items i WHERE i.shipment_id = s.id) AS items
    FROM shipments s WHERE id = ${id}`;
  return shipment;
}

async function readRefund(id: string) {
  const [refund] = await db().$queryRaw<{ amount: number; currency: string; reason: string }[]>`
    SELECT amount, currency, reason FROM refunds WHERE id = ${id}`;
  return refund && { id, amount: { amount: refund.amount, currency: refund.currency }, reason: refund.reason };
}
