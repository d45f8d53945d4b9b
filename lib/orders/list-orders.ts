import { z } from "zod";
import type { Order } from "@/prisma/generated/client";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db, type Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { newestFirst, newestFirstPage, type Page, pageQuery } from "../pagination";
import { isPlainText } from "../text";
import { moneySchema, timeSchema } from "../view-schemas";

/** The query of `GET /api/admin/orders`. */
export const orderListSchema = pageQuery(25).extend({
  status: z.enum(OrderStatus).optional(),
  /** The review status of an order of high value. `held`: it is paid and waits for a manager now. */
  review: z.enum(ReviewStatus).optional(),
  /** An order's number, or part of an e-mail address. */
  q: z.string().trim().max(200).refine(isPlainText, "must not hold control characters").optional(),
});

/** The query of `GET /api/account/orders`. */
export const ownOrderListSchema = orderListSchema.omit({ q: true, review: true });

export const orderSummarySchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: moneySchema,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: timeSchema,
});

type OrderSummary = z.output<typeof orderSummarySchema>;

/** Returns a page of orders, newest first. `userId` limits it to one customer's orders. */
export async function listOrders(
  { status, review, q, ...page }: z.output<typeof orderListSchema>,
  userId?: string,
): Promise<Page<OrderSummary>> {
  const conditions: Prisma.OrderWhereInput[] = [];
  if (userId) conditions.push({ userId });
  if (status) conditions.push({ status });
  if (review) conditions.push({ review: { status: review } });
  if (review === "held")
    conditions.push({ review: { heldAt: { not: null } }, status: { in: ["pending", "awaiting_payment"] } });
  if (q) conditions.push(search(q));
  const { where, ...order } = newestFirst(page);
  const rows = await db().order.findMany({ where: { AND: conditions, ...where }, ...order });
  return newestFirstPage(rows, page.limit, toSummary);
}

function toSummary({ id, number, status, totalAmount: amount, currency, email, name, createdAt }: Order): OrderSummary {
  const total = { amount, currency };
  return { id, number: String(number), status, total, email, name, createdAt: createdAt.toISOString() };
}

function search(q: string): Prisma.OrderWhereInput {
  // Prisma passes the wildcards of LIKE on as they are.
  const email = { contains: (normalizeEmail(q) ?? q).replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  return { OR: [{ email }, ...(/^\d{1,9}$/.test(q) ? [{ number: Number(q) }] : [])] };
}
