import { z } from "zod";
import type { ProductView } from "@/lib/catalogue/products";
import type { PlacedOrder } from "@/lib/checkout/place-order";
import type { ExpenseView } from "@/lib/expenses/view-expense";
import { idempotencyKeySchema } from "@/lib/idempotency";
import type { OrderView } from "@/lib/orders/view-order";
import {
  DecisionChannel,
  DeliveryStatus,
  ExpenseStatus,
  OrderStatus,
  PayoutStatus,
  RefundStatus,
} from "@/prisma/generated/enums";

/** Schemas that several endpoints share. `satisfies` fails for a schema that lacks a field of the view. */

export const idParams = z.object({ id: z.string() });
export const deliveryParams = z.object({ id: z.string(), deliveryId: z.string() });
export const idempotencyHeaders = z.object({ "Idempotency-Key": idempotencyKeySchema.optional() });
export const tokenQuery = z.object({
  token: z
    .string()
    .optional()
    .describe("The order's token. It may be a bearer token instead. The signed-in owner of the order needs none."),
});

/** 201 for the first request; 200 with the same body for a repeated one. `repliedOnce` chooses between them. */
export const createdOnce = <S extends z.ZodType>(description: string, schema: S) => ({
  201: { description, schema },
  200: { description: "A replay of the response to an earlier request with the same key", schema },
});
export const repliedOnce = <T>({ answer, replayed }: { answer: T; replayed: boolean }) =>
  ({ status: replayed ? 200 : 201, body: answer }) as const;

/** A page of a list. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export const count = z.int().min(0);
export const time = z.iso.datetime();
export const createdId = z.strictObject({ id: z.string() });
export const named = z.strictObject({ id: z.string(), name: z.string() });
export const money = z.strictObject({
  amount: z.int().describe("In minor units: 1250 is €12.50."),
  currency: z.string().length(3).describe("ISO 4217"),
});

/** RFC 9457, with a stable `code` and the wrong fields. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe("Stable, for programs."),
  errors: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe("The wrong fields, such as items.0.quantity."),
});

export const product = z.strictObject({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: money,
  available: count.describe("The units that can be bought now."),
}) satisfies z.ZodType<ProductView>;

export const productList = z.strictObject({
  items: z.array(product),
  nextCursor: z.string().nullable().describe("For the next page; null on the last."),
});

const discount = z.strictObject({ code: z.string(), amount: money }).optional().describe("The discount of a coupon.");

export const placedOrder = z.strictObject({
  order: z.strictObject({
    id: z.string(),
    number: z.string(),
    status: z.string(),
    total: money,
    discount,
    token: z.string().describe("Gives access to the order without an account."),
    statusUrl: z.url(),
  }),
}) satisfies z.ZodType<PlacedOrder>;

const utcTime = time.describe("ISO 8601, UTC");
const parcel = z.strictObject({
  carrier: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.url().optional(),
  items: z.array(z.strictObject({ productId: z.string(), quantity: z.int().positive() })),
  shippedAt: utcTime,
  deliveredAt: utcTime.optional(),
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
  timeline: z.array(z.strictObject({ type: z.string(), at: utcTime, data: z.unknown() })),
  nextAction: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("authenticate"), url: z.url() }),
      z.strictObject({ type: z.literal("pay_again") }),
    ])
    .optional()
    .describe("The action that the customer has to take now."),
  refunds: z.array(
    z.strictObject({ id: z.string(), amount: money, status: z.enum(RefundStatus), reason: z.string(), at: utcTime }),
  ),
  shipment: z
    .strictObject({
      ...parcel.omit({ items: true }).shape,
      complete: z.boolean().describe("Nothing is left to ship."),
      parcels: z.array(parcel),
    })
    .optional()
    .describe("The shipped parcels. The first fields are those of the newest parcel."),
  failureReason: z.string().optional(),
  cancellable: z.boolean(),
}) satisfies z.ZodType<OrderView>;

export const orderSummary = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: money,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: time,
});

export const receipt = z.strictObject({ received: z.literal(true), receipt: z.string() });

export const expense = z.strictObject({
  id: z.string(),
  amount: money,
  description: z.string(),
  status: z.enum(ExpenseStatus),
  submitter: named,
  decision: z
    .strictObject({
      approved: z.boolean(),
      by: named.nullable().describe("Null if the deadline has rejected it."),
      via: z.enum(DecisionChannel),
      note: z.string().nullable(),
      at: time,
    })
    .nullable(),
  payout: z.strictObject({ status: z.enum(PayoutStatus), at: time }).nullable(),
  deadlineAt: time.describe("It is rejected then, unless a manager has decided."),
  createdAt: time,
}) satisfies z.ZodType<ExpenseView>;

export const webhook = z.strictObject({
  ...{ id: z.string(), url: z.url(), events: z.array(z.string()), enabled: z.boolean(), createdAt: time },
  disabledFor: z.string().nullable().describe("Why it was disabled, if not by its owner: gone."),
  failures: z.int().describe("Failed calls in a row"),
  openUntil: time.nullable().describe("The circuit is open: no calls are made until then"),
  oldSecretsUntil: time.nullable().describe("Previous secrets still sign until then"),
});

const call = z.strictObject({
  ...{ attempt: z.int(), at: time, status: z.int().nullable(), detail: z.string(), durationMs: z.int() },
});
export const delivery = z.strictObject({
  ...{ id: z.string(), event: z.string(), status: z.enum(DeliveryStatus), attempts: z.int() },
  ...{ createdAt: time, endedAt: time.nullable() },
});
export const deliveryDetails = delivery.extend({ body: z.unknown(), log: z.array(call) });
