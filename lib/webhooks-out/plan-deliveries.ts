import { ago, HOUR, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { fingerprint } from "../ids";
import { withOutbox } from "../outbox";
import type { Sweep } from "../sweep";
import { selectOf } from "../view-schemas";
import {
  SUBSCRIBED_TYPES,
  type SubscribedType,
  shipmentSchema,
  shippedItemSchema,
  WEBHOOK_TRIGGERS,
  webhookBody,
} from "./events";

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
  // The same for every publication of the event.
  const eventId = `${event.type}:${event.shipmentId ?? event.refundId ?? event.orderId}`;
  const deliveries = endpoints.map(({ id: endpointId }) => {
    const id = `whd_${fingerprint([eventId, endpointId]).slice(0, 32)}`;
    return { id, endpointId, event: event.type, body: webhookBody(event.type, { id, at, data }), createdAt: at };
  });
  await withOutbox(async (tx, publish) => {
    await tx.webhookDelivery.createMany({ data: deliveries, skipDuplicates: true });
    publish(...endpoints.map(({ userId }, index) => callEvent(deliveries[index]?.id ?? "", userId, 1)));
  });
  return { planned: endpoints.length, next: endpoints.length === PAGE_SIZE ? (endpoints.at(-1)?.id ?? null) : null };
}

/** Returns the payload of an event: ids and amounts, without personal data. Undefined if what it is about does not exist. */
async function webhookPayload({ type, orderId, shipmentId = "", refundId = "" }: WebhookEvent): Promise<unknown> {
  const order = await db().order.findUnique({ where: { id: orderId } });
  if (!order) return undefined;
  const total = { amount: order.totalAmount, currency: order.currency };
  const payload = { orderId, number: String(order.number), total };
  if (type === "order.confirmed") return payload;
  if (type === "order.cancelled") return { ...payload, reason: order.endReason };
  if (type === "order.shipped") {
    const select = { ...selectOf(shipmentSchema), items: { select: selectOf(shippedItemSchema) } };
    const shipment = await db().shipment.findUnique({ where: { id: shipmentId }, select });
    return shipment ? { ...payload, shipment } : undefined;
  }
  const refund = await db().refund.findUnique({ where: { id: refundId } });
  if (!refund) return undefined;
  const { id, amount, currency, reason } = refund;
  return { ...payload, refund: { id, amount: { amount, currency }, reason } };
}

/** Triggers the attempts of a delivery. A redelivery, and the replacement of a lost run, has the next `runNumber`. */
export function callEvent(deliveryId: string, userId: string, runNumber: number): OutgoingEvent {
  return { name: EVENTS.API_CALL, id: `api-call:${deliveryId}:${runNumber}`, data: { deliveryId, userId } };
}

/** An event with the ids of its objects. */
interface WebhookEvent {
  type: SubscribedType;
  orderId: string;
  shipmentId?: string;
  refundId?: string;
}

/** Returns the webhook event of an internal event; undefined if it has none. */
export function toWebhookEvent(
  name: string,
  { orderId, shipmentId, refundId }: Partial<Omit<WebhookEvent, "type">>,
): WebhookEvent | undefined {
  const type = SUBSCRIBED_TYPES.find((type) => WEBHOOK_TRIGGERS[type] === name);
  return type && orderId !== undefined ? { type, orderId, shipmentId, refundId } : undefined;
}

/** A run pauses for fourteen hours at most between two calls, and checks an open circuit every hour. */
const MAX_IDLE_MS = 16 * HOUR;

/** A second run beside a first one does no harm: the later one finds the delivery ended. */
export const lostDeliveries: Sweep = {
  name: "lost-webhook-deliveries",
  description: "Starts webhook deliveries again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE d.status = 'pending' AND d.created_at < ${ago(MAX_IDLE_MS, at)} AND coalesce(greatest(d.scheduled_at, e.open_until) < ${ago(MAX_IDLE_MS, at)}, true)
      AND NOT EXISTS (SELECT 1 FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.at >= ${ago(MAX_IDLE_MS, at)})
      AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.id = 'api-call:' || d.id || ':' || d.run_number AND s.created_at >= ${ago(MAX_IDLE_MS, at)})
    ORDER BY d.created_at`,
  repairAll: (ids) =>
    withOutbox(async (tx, publish) => {
      const started = await tx.$queryRaw<{ id: string; userId: string; runNumber: number }[]>`
        UPDATE webhook_deliveries d SET run_number = d.run_number + 1 FROM webhook_endpoints e
        WHERE e.id = d.endpoint_id AND d.id = ANY(${ids}) AND d.status = 'pending' RETURNING d.id, e.user_id AS "userId", d.run_number AS "runNumber"`;
      publish(...started.map(({ id, userId, runNumber }) => callEvent(id, userId, runNumber)));
      return started.length;
    }),
};
