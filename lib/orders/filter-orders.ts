import { z } from "zod";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { storeEnv } from "../env";
import { CURRENCIES_BY_DIGITS } from "../money";
import { CLOSED_DISPUTES } from "../order-state/status";
import { dayIn } from "../reports/store-day";
import { containing, escapeLike, plainTextSchema, searchTextSchema } from "../text";
import { dateInputSchema, timeInputSchema } from "../time-schema";
import { tagSchema } from "./order-tags";
import { allOrders, type OrderSelection, readIds } from "./select-orders";

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
      "An order's number, with or without #, id, payment id or tracking number, a SKU, a whole name, or part of an email address or a name, of three letters or more.",
    ),
};

export type OrderFilter = z.output<z.ZodObject<typeof orderFilter>>;

/** Returns the orders that a filter selects. Identifiers in `q` are looked up first, so that each condition uses an index. */
export async function filterOrders(filter: OrderFilter): Promise<OrderSelection> {
  const { status, review, dispute, from, to, min, max, product, tag, q } = filter;
  const { placed, others } = allOrders();
  if (from) placed.push(Prisma.sql`o.created_at >= ${startOf(from)}`);
  if (to) placed.push(Prisma.sql`o.created_at < ${endOf(to)}`);
  if (status) others.push(Prisma.sql`o.status = ${status}::order_status`);
  if (review)
    others.push(Prisma.sql`o.id IN (SELECT r.order_id FROM order_reviews r WHERE r.status = ${review}::review_status)`);
  if (review === "held")
    others.push(Prisma.sql`o.status IN ('pending', 'awaiting_payment')
      AND o.id IN (SELECT r.order_id FROM order_reviews r WHERE r.held_at IS NOT NULL)`);
  if (dispute)
    others.push(Prisma.sql`o.id IN (SELECT d.order_id FROM disputes d WHERE d.status <> ALL (${CLOSED_DISPUTES}))`);
  if (min || max) others.push(hasTotal(min, max));
  if (product) others.push(isOrdered(await productIds(product)));
  if (tag) others.push(Prisma.sql`o.id IN (SELECT t.order_id FROM order_tags t WHERE t.tag = ${tag})`);
  const found = q ? await searchOrders(q) : {};
  return { placed, others: found.condition ? [...others, found.condition] : others, text: found.text };
}

const startOf = (text: string): Date => (isDate(text) ? dayIn(storeEnv().STORE_TIME_ZONE, text).from : new Date(text));
const endOf = (text: string): Date => (isDate(text) ? dayIn(storeEnv().STORE_TIME_ZONE, text).until : new Date(text));
const isDate = (text: string): boolean => dateInputSchema.safeParse(text).success;

const isOrdered = (products: string[]) =>
  Prisma.sql`o.id IN (SELECT l.order_id FROM order_lines l WHERE l.product_id = ANY (${products}))`;

/** A list of currencies in SQL, in the statement itself: an index of some currencies is only used if they are known. */
const listed = (currencies: string[]) => Prisma.raw(`(${currencies.map((currency) => `'${currency}'`).join(", ")})`);

/**
 * Returns the condition on the total for decimal amounts, which have other minor units in other currencies. The currencies that
 * do not have two decimal places have an index of their own, so that each part of the condition reads the orders that meet it.
 */
function hasTotal(min: string | undefined, max: string | undefined): Prisma.Sql {
  const minor = (amount: string, digits: number) => Math.round(Number(amount.replace(",", ".")) * 10 ** digits);
  const inRange = (digits: number) =>
    Prisma.join(
      [
        ...(min ? [Prisma.sql`o.total_amount >= ${minor(min, digits)}::bigint`] : []),
        ...(max ? [Prisma.sql`o.total_amount <= ${minor(max, digits)}::bigint`] : []),
      ],
      " AND ",
    );
  const others = CURRENCIES_BY_DIGITS.flatMap(({ currencies }) => currencies);
  const parts = [
    Prisma.sql`o.currency NOT IN ${listed(others)} AND ${inRange(2)}`,
    ...CURRENCIES_BY_DIGITS.map(
      ({ digits, currencies }) => Prisma.sql`o.currency IN ${listed(currencies)} AND ${inRange(digits)}`,
    ),
  ];
  return Prisma.sql`(${Prisma.join(parts, " OR ")})`;
}

async function productIds(text: string): Promise<string[]> {
  const products = await db().product.findMany({
    where: { OR: [{ id: text }, { sku: { in: [text, text.toUpperCase()] } }] },
    select: { id: true },
  });
  return products.map(({ id }) => id);
}

/** A part of an address or a name has three letters in a row. For a shorter one the index of trigrams would be read as a whole. */
const IS_PART = /^(?!#).*[\p{L}\p{M}\p{N}]{3}/u;
/** A shorter text with a letter can be a whole name. */
const IS_NAME = /^(?!#).*\p{L}/u;

/** Returns the condition of a search, or the one of a text that is a part of an address or a name. */
async function searchOrders(q: string): Promise<{ condition?: Prisma.Sql; text?: Prisma.Sql }> {
  const email = normalizeEmail(q);
  const [orders, products, own] = await Promise.all([
    identifiedOrders(q),
    productIds(q),
    email === undefined ? null : db().order.findFirst({ where: { email }, select: { id: true } }),
  ]);
  // A whole address is not sought as a part of others: all orders with its domain have most of its letters.
  if (own) return { condition: Prisma.sql`o.email = ${email}` };
  const isIdentified = Prisma.sql`o.id = ANY (${orders})`;
  // The customers of a product are not sought by its SKU.
  if (products.length > 0) {
    const sold = isOrdered(products);
    return { condition: orders.length > 0 ? Prisma.sql`(${isIdentified} OR ${sold})` : sold };
  }
  if (!IS_PART.test(q) && !IS_NAME.test(q)) return { condition: isIdentified };
  // Addresses are stored in lower case, in which LIKE compares them in a fifth of the time of ILIKE.
  const people = IS_PART.test(q)
    ? Prisma.sql`o.email LIKE ${containing((email ?? q).toLowerCase())} OR o.name ILIKE ${containing(q)}`
    : Prisma.sql`o.name ILIKE ${escapeLike(q)}`;
  return { text: orders.length > 0 ? Prisma.sql`(${isIdentified} OR ${people})` : Prisma.sql`(${people})` };
}

/** Returns the orders that an identifier names: a number, an id, a payment, a refund or a tracking number. */
async function identifiedOrders(q: string): Promise<string[]> {
  const number = /^#?\s?(\d{1,9})$/.exec(q)?.[1];
  return readIds(Prisma.sql`
    SELECT id FROM orders WHERE number = ${number === undefined ? null : Number(number)}::int OR id = ${q} OR external_id = ${q}
    UNION SELECT order_id FROM payments WHERE id = ${q} OR intent_id = ${q}
    UNION SELECT order_id FROM refunds WHERE id = ${q} OR stripe_refund_id = ${q}
    UNION SELECT order_id FROM shipments WHERE tracking_number = ${q}`);
}
