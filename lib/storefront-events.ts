import { EventType, Inngest } from "inngest";
import { z } from "zod";

/*
 * The events that a storefront sends, as `steadfast/events`. This file needs only `inngest` and `zod`, so it can also be copied.
 *
 *   import { createClient, storefrontEvents } from "steadfast/events";
 *   const inngest = createClient("my-storefront");
 *   await inngest.send(storefrontEvents["order/created"].create({ orderId: "A-17", items: [...], email: "ann@example.com" }));
 *
 * Each event is accepted with all that a storefront knows, or with only the id of something that exists. Ids may be the storefront's
 * own. With the shop's encryption key and `@inngest/middleware-encryption`, personal data can be in the field `encrypted` instead, such
 * as `encrypted: { email, name }`: Inngest does not see it. Amounts are in minor units. The prices are the shop's: a storefront says what happened, and does not set prices. The same
 * event, or the same order, user or expense again changes nothing. Unknown fields of an order are stored with it; others are ignored.
 */

export const EVENTS = {
  ORDER_CREATED: "order/created",
  ORDER_CANCELLED: "order/cancelled",
  ORDER_SHIPPED: "order/shipped",
  PAYMENT_COMPLETED: "payment/completed",
  PAYMENT_FAILED: "payment/failed",
  PAYMENT_PROCESS: "payment/process",
  USER_REGISTERED: "user/registered",
  USER_PROFILE_UPDATED: "user/profile-updated",
  EXPENSE_SUBMITTED: "expense/submitted",
  EXPENSE_APPROVED: "expense/approved",
  EXPENSE_REJECTED: "expense/rejected",
  NOTIFICATION_BROADCAST: "notification/broadcast",
  NOTIFICATION_SEND_INDIVIDUAL: "notification/send-individual",
  DATA_PROCESS: "data/process",
  DATA_IMPORT: "data/import",
  API_CALL: "api/call",
  /**
   * Sent by the shop, for others to listen to: `emailId`, `kind`, `to` (a hash of the address) and `subject`. `encrypted.to` is the
   * address, if the shop has an encryption key.
   */
  EMAIL_SENT: "email/sent",
} as const;

const id = z.string().min(1).max(100);
const text = (max: number) => z.string().trim().min(1).max(max);
const email = text(254);
const amount = z.int().nonnegative();
const currency = z.string().regex(/^[A-Z]{3}$/, "must be a currency code, such as EUR");

const address = z.looseObject({
  ...{ line1: text(200), line2: text(200).optional(), city: text(100), region: text(100).optional() },
  ...{ postalCode: text(20).optional(), country: z.string().length(2) },
});
const item = z.looseObject({ productId: id, quantity: z.int().min(1).max(1_000), price: amount.optional() });
const decision = z.looseObject({ expenseId: id, managerId: id, note: text(1_000).optional() });

/** The data of each event. */
export const storefrontSchemas = {
  /**
   * A new order, with `items` and `email`, or a known one. `price` and `total` are what the customer has seen: if the shop's differ,
   * the order fails as `price_mismatch` and nothing is charged. Without `paymentMethod`, a saved card is charged, or the customer
   * gets a link to pay.
   */
  "order/created": z
    .looseObject({
      ...{
        orderId: id,
        userId: id.optional(),
        items: z.array(item).min(1).max(100).optional(),
        total: amount.optional(),
      },
      ...{ email: email.optional(), name: text(200).optional(), phone: text(40).optional() },
      ...{ shippingAddress: address.optional(), paymentMethod: id.optional(), couponCode: text(50).optional() },
      ...{ currency: currency.optional(), metadata: z.record(z.string(), z.unknown()).optional() },
    })
    .superRefine(({ items, email }, context) => {
      const missing = items && !email ? "email" : email && !items ? "items" : undefined;
      if (missing)
        context.addIssue({
          code: "custom",
          path: [missing],
          message: "is missing: a new order has both items and email",
        });
    }),
  "order/cancelled": z.looseObject({ orderId: id, reason: text(500).optional() }),
  /** All that is left has shipped. For an order that is not the shop's, only the given addresses are notified. */
  "order/shipped": z.looseObject({
    ...{ orderId: id, email: email.optional(), phone: text(40).optional(), userId: id.optional() },
    ...{ carrier: text(100).optional(), trackingNumber: text(100).optional() },
  }),
  /** A payment that the shop has not made. One at Stripe is read there, and believed only then. */
  "payment/completed": z.looseObject({
    ...{ orderId: id, paymentId: id, amount, currency: currency.optional(), provider: text(40) },
  }),
  "payment/failed": z.looseObject({ orderId: id, userId: id.optional(), reason: text(500) }),
  /** Charges an order that waits. `amount` must be its total. */
  "payment/process": z.looseObject({ orderId: id, amount, customerId: id.optional() }),
  "user/registered": z.looseObject({
    userId: id,
    email,
    name: text(200),
    registeredAt: z.iso.datetime({ offset: true }).optional(),
  }),
  "user/profile-updated": z.looseObject({
    userId: id,
    profile: z.looseObject({
      ...{ name: text(200).optional(), phone: text(40).nullable().optional(), address: address.nullable().optional() },
    }),
  }),
  "expense/submitted": z.looseObject({
    ...{
      expenseId: id,
      amount: z.int().positive(),
      userId: id,
      currency: currency.optional(),
      description: text(2_000).optional(),
    },
  }),
  "expense/approved": decision,
  "expense/rejected": decision,
  "notification/broadcast": z.looseObject({
    ...{ title: text(200), message: text(20_000), segment: z.looseObject({ type: z.string() }).optional() },
  }),
  "notification/send-individual": z.looseObject({
    ...{ userId: id.optional(), email, name: text(200).optional(), title: text(200), message: text(20_000) },
  }),
  "data/import": z.looseObject({ url: z.url().max(2_000), type: z.enum(["products", "stock"]).optional() }),
  "data/process": z.looseObject({ id: id.optional(), kind: z.string().optional(), data: z.unknown().optional() }),
  /** Calls the webhook endpoints of a user, or one of them, with `payload`: at most a hundred times a minute. */
  "api/call": z.looseObject({ userId: id, endpointId: id.optional(), payload: z.unknown().optional() }),
} as const;

export type StorefrontEventName = keyof typeof storefrontSchemas;
export type StorefrontData<N extends StorefrontEventName> = z.output<(typeof storefrontSchemas)[N]>;

const storefrontEvent = <N extends StorefrontEventName>(name: N) =>
  new EventType({ name, schema: storefrontSchemas[name] });

/** Inngest's type of each event, to send it (`create`) or to be triggered by it. */
export const storefrontEvents = Object.fromEntries(
  Object.keys(storefrontSchemas).map((name) => [name, storefrontEvent(name as StorefrontEventName)]),
) as { [N in StorefrontEventName]: ReturnType<typeof storefrontEvent<N>> };

/** Returns a client that sends events. Its keys and address come from the environment, as the SDK documents. */
export const createClient = (id: string): Inngest => new Inngest({ id });
