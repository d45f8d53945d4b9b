import { EventType, Inngest } from "inngest";
import { z } from "zod";

/*
 * The events that a storefront sends, as `steadfast/events`. This file needs only `inngest` and `zod`, so it can also be copied.
 *
 *   import { createClient } from "steadfast/events";
 *   const inngest = createClient("my-storefront");
 *   await inngest.send({ name: "order/created", data: { orderId: "A-17", items: [...], email: "ann@example.com" } });
 *
 * Each event is accepted with all that a storefront knows, or with only the id of something that exists. Ids may be the
 * storefront's own. With the shop's encryption key and `@inngest/middleware-encryption`, personal data can be in the field
 * `encrypted` instead, such as `encrypted: { email, name }`: Inngest does not see it. Amounts are in minor units. The prices are
 * the shop's: a storefront says what happened, and does not set prices. The same event, or the same order, user or expense again
 * changes nothing. Unknown fields of an order are stored with it; others are ignored.
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
   * Sent by the shop for every email that its provider has accepted, for others to listen to: `emailId`, `kind`, `to` (a hash of the
   * address) and `subject`.
   */
  EMAIL_SENT: "email/sent",
} as const;

const id = z.string().min(1).max(100);
const text = (max: number) => z.string().normalize().trim().min(1).max(max);
const email = text(254);
const amount = z.int().nonnegative();
const currency = z.string().regex(/^[A-Z]{3}$/, "must be a currency code, such as EUR");

const address = z.looseObject({
  ...{ line1: text(200), line2: text(200).optional(), city: text(100), region: text(100).optional() },
  ...{ postalCode: text(20).optional(), country: z.string().length(2) },
});
const item = z.looseObject({ productId: id, quantity: z.int().min(1).max(1_000), price: amount.optional() });
const decision = z.looseObject({ expenseId: id, managerId: id, note: text(1_000).optional() });

/** What exists is named by its id alone. What is new has all of these fields, which may also be in `encrypted`. */
const allOrNone =
  (...fields: string[]) =>
  (data: Record<string, unknown>, context: z.RefinementCtx) => {
    const missing = fields.filter((field) => data[field] === undefined);
    if (missing.length === fields.length || "encrypted" in data) return;
    for (const field of missing)
      context.addIssue({ code: "custom", path: [field], message: `is missing: ${fields.join(" and ")} come together` });
  };

/** The data of each event, in the names and ids of the storefront. */
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
    .superRefine(allOrNone("items", "email")),
  "order/cancelled": z.looseObject({ orderId: id, reason: text(500).optional() }),
  /** All that is left has shipped. For an order that is not the shop's, only the given addresses are notified. */
  "order/shipped": z.looseObject({
    ...{ orderId: id, email: email.optional(), phone: text(40).optional(), userId: id.optional() },
    ...{ carrier: text(100).optional(), trackingNumber: text(100).optional() },
  }),
  /**
   * A payment that the shop has not made. One at Stripe is read there, and believed only then; `provider` may also be "paypal" or any
   * other. With `orderId` alone, the shop reads its own payment of the order at Stripe.
   */
  "payment/completed": z
    .looseObject({
      ...{ orderId: id, paymentId: id.optional(), amount: amount.optional() },
      ...{ currency: currency.optional(), provider: text(40).optional() },
    })
    .superRefine(allOrNone("paymentId", "amount", "provider")),
  "payment/failed": z.looseObject({ orderId: id, userId: id.optional(), reason: text(500).optional() }),
  /**
   * Charges an order that waits for its payment. `amount` must be its total. An order without a payment method is charged to the saved
   * card of its customer; `customerId` names that user, or their customer at Stripe.
   */
  "payment/process": z.looseObject({ orderId: id, amount: amount.optional(), customerId: id.optional() }),
  "user/registered": z
    .looseObject({
      ...{ userId: id, email: email.optional(), name: text(200).optional() },
      registeredAt: z.iso.datetime({ offset: true }).optional(),
    })
    .superRefine(allOrNone("email", "name")),
  "user/profile-updated": z.looseObject({
    userId: id,
    profile: z
      .looseObject({
        ...{ name: text(200).optional(), phone: text(40).nullable().optional() },
        address: address.nullable().optional(),
      })
      .optional(),
  }),
  "expense/submitted": z
    .looseObject({
      ...{ expenseId: id, amount: z.int().positive().optional(), userId: id.optional() },
      ...{ currency: currency.optional(), description: text(2_000).optional() },
    })
    .superRefine(allOrNone("amount", "userId")),
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

/** The data of `email/sent`, which the shop sends. `encrypted`: the address itself, if the shop has an encryption key. */
export const emailSentSchema = z.object({
  ...{ emailId: id, kind: z.string(), to: z.string(), subject: z.string() },
  encrypted: z.object({ to: z.string() }).optional(),
});

const { "payment/process": payment, "notification/broadcast": broadcast, ...others } = storefrontSchemas;

/** As `storefrontSchemas`, also with the shop's own id of what exists. */
const schemas = {
  ...others,
  "payment/process": payment.or(z.object({ purpose: z.enum(["order", "expense"]), id, amount, currency })),
  "notification/broadcast": broadcast.or(z.object({ broadcastId: id })),
  "data/import": others["data/import"].or(z.object({ importId: id })),
  "data/process": others["data/process"].or(z.object({ jobId: id })),
  "api/call": others["api/call"].or(z.object({ deliveryId: id, userId: id })),
  "email/sent": emailSentSchema,
} as const;

type Schemas = typeof schemas;

const storefrontEvent = <N extends keyof Schemas>(name: N) => new EventType({ name, schema: schemas[name] });

/** Inngest's type of each event, to send it (`create`) or to be triggered by it. */
export const storefrontEvents = Object.fromEntries(
  Object.keys(schemas).map((name) => [name, storefrontEvent(name as keyof Schemas)]),
) as { [N in keyof Schemas]: ReturnType<typeof storefrontEvent<N>> };

type Payload = {
  [N in StorefrontEventName]: { name: N; data: z.input<Schemas[N]>; id?: string; ts?: number };
}[StorefrontEventName];

/** Inngest's client, whose `send` takes only the events of a storefront with their data. */
export type StorefrontClient = Omit<Inngest, "send"> & {
  send(payload: Payload | Payload[]): ReturnType<Inngest["send"]>;
};

/** Returns a client that sends events. Its keys and address come from the environment, as the SDK documents. */
export const createClient = (id: string): StorefrontClient => new Inngest({ id });
