import { z } from "zod";
import { CANCEL_REASONS } from "../order-state/status";
import { moneySchema, timeSchema } from "../view-schemas";

/**
 * The contract of outgoing webhooks: their types, bodies and headers. Every body is made by `webhookBody`, which checks it, and the
 * OpenAPI document shows the same schemas. They allow more fields, so that a later version can add some.
 */

/** The types that an endpoint can subscribe to, in the style of Standard Webhooks, and the internal event that triggers each. */
export const WEBHOOK_TRIGGERS = {
  "order.confirmed": "order/confirmed",
  "order.shipped": "order/shipped",
  "order.cancelled": "order/cancelled",
  "order.refunded": "refund/succeeded",
} as const;

export type SubscribedType = keyof typeof WEBHOOK_TRIGGERS;

export const SUBSCRIBED_TYPES = Object.keys(WEBHOOK_TRIGGERS) as SubscribedType[];

const order = {
  orderId: z.string(),
  number: z.string().describe("The number of the order, as its customer sees it."),
  total: moneySchema.describe("The price of the order, less its discount."),
};

export const shippedItemSchema = z.object({ productId: z.string(), quantity: z.int() });

export const shipmentSchema = z.object({
  ...{ id: z.string(), carrier: z.string(), trackingNumber: z.string() },
  items: z.array(shippedItemSchema).describe("The items of this parcel."),
});

const refundSchema = z.object({
  id: z.string(),
  amount: moneySchema.describe("What this refund pays back."),
  reason: z.string().describe("The text of an operator, or a code such as order_cancelled."),
});

const body = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.object({
    id: z.string().describe("The id of the delivery, as in the header `webhook-id`."),
    type: z.literal(type),
    timestamp: timeSchema.describe("When the delivery was created. Each attempt has the same."),
    data,
  });

/** Each type with its body, and a sentence that says when it is sent. */
export const WEBHOOKS = {
  "order.confirmed": {
    description: "The order is paid and confirmed. Once for each order.",
    body: body("order.confirmed", z.object(order)),
  },
  "order.shipped": {
    description: "A parcel has shipped. Once for each parcel: an order can ship in several.",
    body: body("order.shipped", z.object({ ...order, shipment: shipmentSchema })),
  },
  "order.cancelled": {
    description:
      "The whole order is cancelled, paid or not. Once for each order. If a part has shipped, the cancelled rest is an order.refunded.",
    body: body("order.cancelled", z.object({ ...order, reason: z.enum(CANCEL_REASONS) })),
  },
  "order.refunded": {
    description:
      "A refund was paid out. Once for each refund, also for a partial one: `refund.amount` is what it pays.",
    body: body("order.refunded", z.object({ ...order, refund: refundSchema })),
  },
  "api.call": {
    description: "A storefront has sent `api/call` for the owner of the endpoint. It needs no subscription.",
    body: body("api.call", z.unknown().describe("The payload that the storefront has sent.")),
  },
} as const satisfies Record<SubscribedType | "api.call", object>;

export type WebhookType = keyof typeof WEBHOOKS;

export const WEBHOOK_TYPES = Object.keys(WEBHOOKS) as WebhookType[];

/** Returns the bytes that every attempt of a delivery sends. @throws ZodError if the data is not that of the type */
export function webhookBody(type: WebhookType, { id, at, data }: { id: string; at: Date; data: unknown }): string {
  return JSON.stringify(WEBHOOKS[type].body.parse({ id, type, timestamp: at.toISOString(), data }));
}

/** The headers of an attempt, which `signedHeaders` makes. */
export const webhookHeadersSchema = z.object({
  "webhook-id": z
    .string()
    .describe("The id of the delivery. Each attempt has the same: drop an id that you have seen."),
  "webhook-timestamp": z
    .string()
    .regex(/^\d+$/)
    .describe("When this attempt was made, in seconds since 1970. Refuse one that is older than five minutes."),
  "webhook-signature": z
    .string()
    .regex(/^v1,\S+( v1,\S+)*$/)
    .describe(
      "`v1,` and the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64. One for each secret that signs, separated by spaces.",
    ),
});
