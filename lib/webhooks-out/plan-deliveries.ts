import { now } from "../clock";
import { db, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { fingerprint } from "../ids";
import { announce, enqueue } from "../outbox";
import { type WebhookEvent, webhookEventId } from "./webhook-event";
import { webhookPayload } from "./webhook-payload";

/** Endpoints that one step plans for; their rows and events are a few hundred kilobytes. */
const PAGE = 500;

/**
 * Writes down who is to be told of a fact, with the very bytes they get, and sets the calls going: one page of endpoints,
 * from `cursor` on. Said again, it plans nothing new. A manager's endpoints hear of every order, a customer's of their own.
 * Returns where the next page begins, null after the last.
 */
export async function planDeliveries(
  fact: WebhookEvent,
  cursor: string,
): Promise<{ planned: number; next: string | null }> {
  const endpoints = await db().$queryRaw<{ id: string; userId: string }[]>`
    SELECT e.id, e.user_id AS "userId" FROM webhook_endpoints e JOIN users u ON u.id = e.user_id JOIN orders o ON o.id = ${fact.orderId}
    WHERE e.id > ${cursor} AND e.enabled AND ${fact.type} = ANY(e.events) AND (u.role IN ('manager', 'admin') OR o.user_id = u.id)
    ORDER BY e.id LIMIT ${PAGE}`;
  const data = endpoints.length > 0 ? await webhookPayload(fact) : undefined;
  if (!data) return { planned: 0, next: null };
  const at = now();
  const rows = endpoints.map(({ id: endpointId, userId }) => {
    const id = `whd_${fingerprint([webhookEventId(fact), endpointId]).slice(0, 32)}`;
    return { id, endpointId, userId, body: JSON.stringify({ id, type: fact.type, timestamp: at.toISOString(), data }) };
  });
  const events = rows.map(({ id, userId }) => callEvent(id, userId, 1));
  await transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO webhook_deliveries (id, endpoint_id, event, body, created_at)
      SELECT d.id, d."endpointId", ${fact.type}, d.body, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS d(id text, "endpointId" text, body text) ON CONFLICT (id) DO NOTHING`;
    await enqueue(tx, events);
  });
  await announce(events);
  return { planned: rows.length, next: rows.length === PAGE ? (endpoints.at(-1)?.id ?? null) : null };
}

/** The event that sets a delivery going; each round, which a redelivery begins, has its own. */
export function callEvent(deliveryId: string, userId: string, round: number): OutgoingEvent {
  return { name: EVENTS.API_CALL, id: `api-call:${deliveryId}:${round}`, data: { deliveryId, userId } };
}
