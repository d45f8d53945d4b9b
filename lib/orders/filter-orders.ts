import { z } from "zod";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db, type Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { storeEnv } from "../env";
import { CURRENCIES_BY_DIGITS } from "../money";
import { CLOSED_DISPUTES } from "../order-state/status";
import { dayIn } from "../reports/store-day";
import { escapeLike, plainTextSchema, searchTextSchema } from "../text";
import { dateInputSchema, timeInputSchema } from "../time-schema";
import { tagSchema } from "./order-tags";

const instantSchema = z
  .string()
  .refine((text) => dateInputSchema.safeParse(text).success || timeInputSchema.safeParse(text).success, {
    error: "must be a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z",
  });

const amountSchema = z
  .string()
  .trim()
  .regex(/^\d{1,10}([.,]\d{1,3})?$/, "must be an amount such as 12.50");

/** The filters of the lists and the export of orders. */
export const orderFilter = {
  status: z.enum(OrderStatus).optional(),
  review: z
    .enum(ReviewStatus)
    .optional()
    .describe("The review of an order of high value. `held`: it is paid and waits for a manager now."),
  dispute: z.enum(["open"]).optional().describe("Orders with a payment that its customer disputes at the bank now."),
  from: instantSchema.optional().describe("Placed at or after this time, or on this day of the store or later."),
  to: instantSchema.optional().describe("Placed before this time, or on this day of the store or earlier."),
  min: amountSchema.optional().describe("The lowest total, as a decimal amount of the order's currency: 12.50."),
  max: amountSchema.optional().describe("The highest total."),
  product: plainTextSchema(100).optional().describe("The id or the SKU of an ordered product."),
  tag: tagSchema.optional().describe("A tag of the orders."),
  q: searchTextSchema
    .optional()
    .describe(
      "An order's number, with or without #, id, payment id or tracking number, a SKU, or part of an email address or a name, of three letters or more.",
    ),
};

export type OrderFilter = z.output<z.ZodObject<typeof orderFilter>>;

/** Returns the conditions of a filter. Identifiers in `q` are looked up first, so that each condition uses an index. */
export async function orderConditions(filter: OrderFilter): Promise<Prisma.OrderWhereInput[]> {
  const { status, review, dispute, from, to, min, max, product, tag, q } = filter;
  const conditions: Prisma.OrderWhereInput[] = [];
  if (status) conditions.push({ status });
  if (review) conditions.push({ review: { status: review } });
  if (review === "held")
    conditions.push({ review: { heldAt: { not: null } }, status: { in: ["pending", "awaiting_payment"] } });
  if (dispute) conditions.push({ disputes: { some: { status: { notIn: CLOSED_DISPUTES } } } });
  if (from) conditions.push({ createdAt: { gte: startOf(from) } });
  if (to) conditions.push({ createdAt: { lt: endOf(to) } });
  if (min) conditions.push(ofTotal(min, (gte) => ({ gte })));
  if (max) conditions.push(ofTotal(max, (lte) => ({ lte })));
  if (product) conditions.push({ lines: { some: { productId: { in: await productIds(product) } } } });
  if (tag) conditions.push({ tags: { some: { tag } } });
  if (q) conditions.push(await searchCondition(q));
  return conditions;
}

const startOf = (text: string): Date => (isDate(text) ? dayIn(storeEnv().STORE_TIME_ZONE, text).from : new Date(text));
const endOf = (text: string): Date => (isDate(text) ? dayIn(storeEnv().STORE_TIME_ZONE, text).until : new Date(text));
const isDate = (text: string): boolean => dateInputSchema.safeParse(text).success;

/** Returns the condition on the total for a decimal amount, which has other minor units in other currencies. */
function ofTotal(amount: string, compare: (minor: number) => Prisma.BigIntFilter): Prisma.OrderWhereInput {
  const value = Number(amount.replace(",", "."));
  const total = (digits: number) => compare(Math.round(value * 10 ** digits));
  const others = CURRENCIES_BY_DIGITS.flatMap(({ currencies }) => currencies);
  return {
    OR: [
      { currency: { notIn: others }, totalAmount: total(2) },
      ...CURRENCIES_BY_DIGITS.map(({ digits, currencies }) => ({
        currency: { in: currencies },
        totalAmount: total(digits),
      })),
    ],
  };
}

async function productIds(text: string): Promise<string[]> {
  const products = await db().product.findMany({
    where: { OR: [{ id: text }, { sku: { in: [text, text.toUpperCase()] } }] },
    select: { id: true },
  });
  return products.map(({ id }) => id);
}

/** A part of an address or a name has three letters in a row. For a shorter one the index of trigrams would be read as a whole. */
const SEARCHABLE = /^(?!#).*[\p{L}\p{N}]{3}/u;

async function searchCondition(q: string): Promise<Prisma.OrderWhereInput> {
  const email = normalizeEmail(q);
  const [orders, products, own] = await Promise.all([
    orderIds(q),
    productIds(q),
    email === undefined ? null : db().order.findFirst({ where: { email }, select: { id: true } }),
  ]);
  // A whole address is not sought as a part of others: all orders with its domain have most of its letters.
  if (own) return { email };
  // The customers of a product are not sought by its SKU.
  if (products.length > 0) {
    const sold = { lines: { some: { productId: { in: products } } } };
    return orders.length > 0 ? { OR: [{ id: { in: orders } }, sold] } : sold;
  }
  if (!SEARCHABLE.test(q)) return { id: { in: orders } };
  const contains = (text: string) => ({
    contains: escapeLike(text),
    mode: "insensitive" as const,
  });
  const people = [{ email: contains(email ?? q) }, { name: contains(q) }];
  return { OR: orders.length > 0 ? [{ id: { in: orders } }, ...people] : people };
}

/** Returns the orders that an identifier names: a number, an id, a payment, a refund or a tracking number. */
async function orderIds(q: string): Promise<string[]> {
  const number = /^#?\s?(\d{1,9})$/.exec(q)?.[1];
  const rows = await db().$queryRaw<{ id: string }[]>`
    SELECT id FROM orders WHERE number = ${number === undefined ? null : Number(number)}::int OR id = ${q} OR external_id = ${q}
    UNION SELECT order_id FROM payments WHERE id = ${q} OR intent_id = ${q}
    UNION SELECT order_id FROM refunds WHERE id = ${q} OR stripe_refund_id = ${q}
    UNION SELECT order_id FROM shipments WHERE tracking_number = ${q}`;
  return rows.map(({ id }) => id);
}
