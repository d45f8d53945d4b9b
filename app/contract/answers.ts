import { z } from "zod";
import type { ProductView } from "@/lib/catalogue/product-view";
import type { PlacedOrder } from "@/lib/checkout/place-order";
import type { Health } from "@/lib/health/check-health";
import type { OrderView } from "@/lib/orders/view-order";
import { OrderStatus, RefundStatus } from "@/prisma/generated/enums";

/** What the API answers. The compiler holds these to the types that lib returns, the tests to what comes over the wire. */
export const money = z.strictObject({
  amount: z.int().describe("In minor units: 1250 is €12.50."),
  currency: z.string().length(3).describe("ISO 4217"),
});
const time = z.iso.datetime().describe("ISO 8601, UTC");

export const product = z.strictObject({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: money,
  available: z.int().min(0).describe("How many can be bought now."),
}) satisfies z.ZodType<ProductView>;

export const productList = z.strictObject({
  items: z.array(product),
  nextCursor: z.string().nullable().describe("For the next page; null on the last."),
});

const discount = z
  .strictObject({ code: z.string(), amount: money })
  .optional()
  .describe("What a coupon has taken off.");

export const placedOrder = z.strictObject({
  order: z.strictObject({
    id: z.string(),
    number: z.string(),
    status: z.string(),
    total: money,
    discount,
    token: z.string().describe("Opens the order to whoever has it."),
    statusUrl: z.url(),
  }),
}) satisfies z.ZodType<PlacedOrder>;

const parcel = z.strictObject({
  carrier: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.url().optional(),
  items: z.array(z.strictObject({ productId: z.string(), quantity: z.int().positive() })),
  shippedAt: time,
  deliveredAt: time.optional(),
});
const shipment = z.strictObject({
  ...parcel.omit({ items: true }).shape,
  complete: z.boolean().describe("Nothing is left to ship."),
  parcels: z.array(parcel),
});

export const order = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: money,
  discount,
  items: z.array(
    z.strictObject({
      productId: z.string(),
      sku: z.string(),
      name: z.string(),
      quantity: z.int(),
      unitPrice: money,
      total: money,
    }),
  ),
  timeline: z.array(z.strictObject({ type: z.string(), at: time, data: z.unknown() })),
  nextAction: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("authenticate"), url: z.url() }),
      z.strictObject({ type: z.literal("pay_again") }),
    ])
    .optional()
    .describe("What the customer has to do now."),
  refunds: z.array(
    z.strictObject({ id: z.string(), amount: money, status: z.enum(RefundStatus), reason: z.string(), at: time }),
  ),
  shipment: shipment.optional().describe("What has left; the newest parcel's fields stand in front."),
  failureReason: z.string().optional(),
  cancellable: z.boolean(),
}) satisfies z.ZodType<OrderView>;

export const receipt = z.strictObject({ received: z.literal(true), receipt: z.string() });

const check = z.strictObject({ status: z.enum(["ok", "failing"]), detail: z.string().optional() });
export const health = z.strictObject({
  status: z.enum(["ok", "failing"]),
  checks: z.strictObject({
    ...{ database: check, inngest: check, outbox: check, stripe: check, email: check },
    orders: check.describe("None is open past its deadline; does not count for `status`."),
    crons: check.describe("Every schedule has run lately; does not count for `status`."),
    events: check.describe("Inngest has refused no event; does not count for `status`."),
  }),
}) satisfies z.ZodType<Health>;

/** RFC 9457, with a stable `code` and the fields that are wrong. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe("Stable; programs decide by it."),
  errors: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe("The fields that are wrong, such as items.0.quantity."),
});
