import { now } from "../clock";
import { db } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { fingerprint } from "../ids";
import { withOutbox } from "../outbox";
import { type WebhookEvent, webhookEventId } from "./webhook-event";

/** Endpoints of one step. Their rows and events are a few hundred kilobytes. */
const PAGE_SIZE = 500;

/**
 * Inserts a delivery for each endpoint that subscribes to an event and triggers its attempts: one page of endpoints after
 * `cursor`. Managers' endpoints receive events of every order, customers' endpoints of their own orders. Safe to repeat. Returns the
 * next cursor, null after the last page.
 */
export async function planDeliveries(
  event: WebhookEvent,
  cursor: string,
): Promise<{ planned: number; next: string | null }> {
  const endpoints = await db().webhookEndpoint.findMany({
    where: {
      id: { gt: cursor },
      enabled: true,
      events: { has: event.type },
      user: { OR: [{ role: { in: ["manager", "admin"] } }, { orders: { some: { id: event.orderId } } }] },
    },
    orderBy: { id: "asc" },
    take: PAGE_SIZE,
    select: { id: true, userId: true },
  });
  const data = endpoints.length > 0 ? await webhookPayload(event) : undefined;
  if (!data) return { planned: 0, next: null };
  const at = now();
  const deliveries = endpoints.map(({ id: endpointId }) => {
    const id = `whd_${fingerprint([webhookEventId(event), endpointId]).slice(0, 32)}`;
    const body = JSON.stringify({ id, type: event.type, timestamp: at.toISOString(), data });
    return { id, endpointId, event: event.type, body, createdAt: at };
  });
  await withOutbox(async (tx, publish) => {
    await tx.webhookDelivery.createMany({ data: deliveries, skipDuplicates: true });
    publish(...endpoints.map(({ userId }, index) => callEvent(deliveries[index]?.id ?? "", userId, 1)));
  });
  return { planned: endpoints.length, next: endpoints.length === PAGE_SIZE ? (endpoints.at(-1)?.id ?? null) : null };
}

/** Returns the payload of an event: ids and amounts, without personal data. Undefined if there is no such order. */
async function webhookPayload(event: WebhookEvent): Promise<Record<string, unknown> | undefined> {
  const order = await db().order.findUnique({
    where: { id: event.orderId },
    select: { id: true, number: true, totalAmount: true, currency: true, endReason: true },
  });
  if (!order) return undefined;
  const total = { amount: order.totalAmount, currency: order.currency };
  const payload = { orderId: order.id, number: String(order.number), total };
  if (event.type === "order.cancelled") return { ...payload, reason: order.endReason };
  if (event.type === "order.shipped") {
    const shipment = await db().shipment.findUnique({
      where: { id: event.shipmentId },
      select: {
        id: true,
        carrier: true,
        trackingNumber: true,
        items: { select: { productId: true, quantity: true } },
      },
    });
    return { ...payload, shipment };
  }
  if (event.type !== "order.refunded") return payload;
  const refund = await db().refund.findUnique({ where: { id: event.refundId } });
  if (!refund) return payload;
  const { id, amount, currency, reason } = refund;
  return { ...payload, refund: { id, amount: { amount, currency }, reason } };
}

/** Triggers the attempts of a delivery. A redelivery, and the replacement of a lost run, has the next `runNumber`. */
export function callEvent(deliveryId: string, userId: string, runNumber: number): OutgoingEvent {
  return { name: EVENTS.API_CALL, id: `api-call:${deliveryId}:${runNumber}`, data: { deliveryId, userId } };
}
