import { Prisma } from "../db";
import { reviewEnv } from "../env";
import type { Money } from "../money";
import { isHighValue } from "./policy";

/**
 * The part of the statement that places an order which notes whether a manager has to look at it. It is decided there, once,
 * so that whoever works on the order finds it decided.
 */
export function reviewInsert(orderId: string, total: Money, at: Date): Prisma.Sql {
  if (!isHighValue(total)) return Prisma.sql`SELECT 1`;
  const status = reviewEnv().REVIEW_HOLD ? "held" : "noted";
  return Prisma.sql`INSERT INTO order_reviews (order_id, status, created_at) VALUES (${orderId}, ${status}::review_status, ${at}::timestamptz)`;
}
