import { z } from "zod";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import type { Money } from "../money";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";

/** The query of `GET /api/admin/orders`. */
export const orderListSchema = z.strictObject({
  status: z.enum(OrderStatus).optional(),
  /** How the review of an order of high value stands; `held`: it is paid, and waits for a manager now. */
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

interface Row extends Omit<OrderSummary, "number" | "total"> {
  number: number;
  amount: number;
  currency: string;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string().refine(isPlainText)]);

/** Orders, newest first. `userId` narrows them to one customer's own. */
export async function listOrders(
  { status, review, q, limit, cursor }: z.output<typeof orderListSchema>,
  userId?: string,
): Promise<Page<OrderSummary>> {
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const conditions = [
    ...(userId ? [Prisma.sql`o.user_id = ${userId}`] : []),
    ...(status ? [Prisma.sql`o.status = ${status}::order_status`] : []),
    ...(review ? [reviewed(review)] : []),
    ...(q ? [search(q)] : []),
    ...(after ? [Prisma.sql`(o.created_at, o.id) < (${after[0]}::timestamptz, ${after[1]})`] : []),
  ];
  const rows = await db().$queryRaw<Row[]>`
    SELECT o.id, o.number, o.status, o.total_amount AS amount, o.currency, o.email, o.name, o.created_at AS "createdAt" FROM orders o
    ${conditions.length > 0 ? Prisma.sql`WHERE ${Prisma.join(conditions, " AND ")}` : Prisma.empty}
    ORDER BY o.created_at DESC, o.id DESC LIMIT ${limit + 1}`;
  return pageOf(rows, limit, view, ({ createdAt, id }) => [createdAt.toISOString(), id]);
}

function reviewed(status: ReviewStatus): Prisma.Sql {
  const waiting = Prisma.sql`r.held_at IS NOT NULL AND o.status IN ('pending', 'awaiting_payment')`;
  return Prisma.sql`EXISTS (SELECT 1 FROM order_reviews r WHERE r.order_id = o.id AND r.status = ${status}::review_status
    AND ${status === "held" ? waiting : Prisma.sql`true`})`;
}

function search(q: string): Prisma.Sql {
  const number = /^\d{1,9}$/.test(q) ? Number(q) : -1;
  return Prisma.sql`(o.number = ${number} OR o.email ILIKE ${`%${q.replace(/[\\%_]/g, "\\$&")}%`})`;
}

const view = ({ number, amount, currency, ...rest }: Row): OrderSummary => ({
  ...rest,
  number: String(number),
  total: { amount, currency },
});
