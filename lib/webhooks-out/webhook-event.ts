/** The event types of webhooks, in the style of Standard Webhooks, and the internal event of each. */
export const WEBHOOK_EVENT_TYPES = {
  "order.confirmed": "order/confirmed",
  "order.shipped": "order/shipped",
  "order.cancelled": "order/cancelled",
  "order.refunded": "refund/succeeded",
} as const;

export type WebhookEventType = keyof typeof WEBHOOK_EVENT_TYPES;

/** An event with the ids of its objects. */
export type WebhookEvent =
  | { type: "order.confirmed" | "order.cancelled"; orderId: string }
  | { type: "order.shipped"; orderId: string; shipmentId: string }
  | { type: "order.refunded"; orderId: string; refundId: string };

/** Returns the webhook event of an internal event; undefined if it has none. */
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

/** Returns an id that is the same for every publication of the event. */
export function webhookEventId(event: WebhookEvent): string {
  if (event.type === "order.shipped") return `${event.type}:${event.shipmentId}`;
  return event.type === "order.refunded" ? `${event.type}:${event.refundId}` : `${event.type}:${event.orderId}`;
}
