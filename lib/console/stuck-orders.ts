import type { OrderStatus } from "@/prisma/generated/enums";
import { ago, MINUTE, now } from "../clock";
import { db } from "../db";
import { isStuck } from "../orders/sweeps";

/** An order that should have come to its end by itself. */
export interface StuckOrder {
  id: string;
  number: string;
  status: OrderStatus;
  /** Past its deadline, `since` then; else nothing has happened to it `since` then. */
  overdue: boolean;
  since: Date;
}

/** A deadline this long ago has been passed over by several rounds of the reconciler, as in invariant I3. */
const PATIENCE = 5 * MINUTE;

/** What is stuck now, the longest first, at most `limit`; and how many there are in all. */
export async function listStuckOrders(limit = 10): Promise<{ items: StuckOrder[]; count: number }> {
  const at = now();
  const rows = await db().$queryRaw<(StuckOrder & { count: number })[]>`
    SELECT *, count(*) OVER ()::int AS count FROM (
      SELECT o.id, o.number::text, o.status, o.deadline_at <= ${at} AS overdue,
        CASE WHEN o.deadline_at <= ${at} THEN o.deadline_at ELSE greatest(o.updated_at, p.updated_at) END AS since
      FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
      WHERE o.status IN ('pending', 'awaiting_payment') AND (o.deadline_at <= ${ago(PATIENCE, at)} OR ${isStuck(at)})) stuck
    ORDER BY since, id LIMIT ${limit}`;
  return { items: rows.map(({ count, ...order }) => order), count: rows[0]?.count ?? 0 };
}
