import { z } from "zod";
import type { Order } from "@/prisma/generated/client";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db, type Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import type { Money } from "../money";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";

/** The query of `GET /api/admin/orders`. */
export const orderListSchema = z.strictObject({
  status: z.enum(OrderStatus).optional(),
  /** The review status of an order of high value. `held`: it is paid and waits for a manager now. */
  review: z.enum(ReviewStatus).optional(),
  /** An order's number, or part of an e-mail address. */
  q: z.string().trim().max(200).refine(isPlainText, "must not hold control characters").optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});

/** The query of `GET /api/account/orders`. */
export const ownOrderListSchema = orderListSchema.omit({ q: true, review: true });

export interface OrderSummary {
  id: string;
  number: string;
  status: OrderStatus;
  total: Money;
  email: string;
  name: string | null;
  createdAt: Date;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string().refine(isPlainText)]);

/** Returns a page of orders, newest first. `userId` limits it to one customer's orders. */
export async function listOrders(
  { status, review, q, limit, cursor }: z.output<typeof orderListSchema>,
  userId?: string,
): Promise<Page<OrderSummary>> {
  const conditions: Prisma.OrderWhereInput[] = [];
  if (userId) conditions.push({ userId });
  if (status) conditions.push({ status });
  if (review) conditions.push({ review: { status: review } });
  if (review === "held")
    conditions.push({ review: { heldAt: { not: null } }, status: { in: ["pending", "awaiting_payment"] } });
  if (q) conditions.push(search(q));
  if (cursor !== undefined) {
    const [createdAt, id] = readCursor(cursor, cursorSchema);
    conditions.push({ createdAt: { lte: createdAt }, NOT: { createdAt, id: { gte: id } } });
  }
  const rows = await db().order.findMany({
    where: { AND: conditions },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  return pageOf(rows, limit, toSummary, ({ createdAt, id }) => [createdAt.toISOString(), id]);
}

function toSummary({ id, number, status, totalAmount: amount, currency, email, name, createdAt }: Order): OrderSummary {
  return { id, number: String(number), status, total: { amount, currency }, email, name, createdAt };
}

function search(q: string): Prisma.OrderWhereInput {
  // Prisma passes the wildcards of LIKE on as they are.
  const email = { contains: (normalizeEmail(q) ?? q).replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  return { OR: [{ email }, ...(/^\d{1,9}$/.test(q) ? [{ number: Number(q) }] : [])] };
}
