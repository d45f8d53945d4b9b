/** What a partner can hear of, in Standard Webhooks' way of writing, and the event of ours that it comes from. */
export const WEBHOOK_EVENT_TYPES = {
  "order.confirmed": "order/confirmed",
  "order.shipped": "order/shipped",
  "order.cancelled": "order/cancelled",
  "order.refunded": "refund/succeeded",
} as const;

export type WebhookEventType = keyof typeof WEBHOOK_EVENT_TYPES;

/** One thing that happened, by the ids under which it is found again. */
export type WebhookEvent =
  | { type: "order.confirmed" | "order.cancelled"; orderId: string }
  | { type: "order.shipped"; orderId: string; shipmentId: string }
  | { type: "order.refunded"; orderId: string; refundId: string };

/** The fact that one of our events tells; undefined for an event that partners do not hear of. */
export function toWebhookEvent(
  name: string,
  data: { orderId?: string; shipmentId?: string; refundId?: string },
): WebhookEvent | undefined {
  const { orderId, shipmentId, refundId } = data;
  if (orderId === undefined) return undefined;
  if (name === WEBHOOK_EVENT_TYPES["order.confirmed"]) return { type: "order.confirmed", orderId };
  if (name === WEBHOOK_EVENT_TYPES["order.cancelled"]) return { type: "order.cancelled", orderId };
  if (name === WEBHOOK_EVENT_TYPES["order.shipped"] && shipmentId)
    return { type: "order.shipped", orderId, shipmentId };
  if (name === WEBHOOK_EVENT_TYPES["order.refunded"] && refundId) return { type: "order.refunded", orderId, refundId };
  return undefined;
}

/** The id of what happened, the same however often it is told. */
export function webhookEventId(fact: WebhookEvent): string {
  if (fact.type === "order.shipped") return `${fact.type}:${fact.shipmentId}`;
  return fact.type === "order.refunded" ? `${fact.type}:${fact.refundId}` : `${fact.type}:${fact.orderId}`;
}
