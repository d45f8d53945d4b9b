import type { OrderStatus } from "@/prisma/generated/enums";
import { ago, MINUTE, now } from "../clock";
import { db } from "../db";
import { isStuck } from "../orders/sweeps";

/** An open order that the workflow should have ended. */
export interface StuckOrder {
  id: string;
  number: string;
  status: OrderStatus;
  /** Whether its deadline has passed at `since`. Otherwise it has not changed since then. */
  overdue: boolean;
  since: Date;
}

/** By then several rounds of the reconciler have tried to end an order past its deadline, as in invariant I3. */
const DEADLINE_GRACE_MS = 5 * MINUTE;

/** By then the reconciler has restarted the order several times. */
const IDLE_MS = 20 * MINUTE;
const IDLE_AFTER_PAYMENT_MS = 2 * MINUTE;

/** Returns at most `limit` stuck orders, the longest first, and their total number. */
export async function listStuckOrders(limit = 10): Promise<{ items: StuckOrder[]; count: number }> {
  const at = now();
  const rows = await db().$queryRaw<(StuckOrder & { count: number })[]>`
    SELECT *, count(*) OVER ()::int AS count FROM (
      SELECT o.id, o.number::text, o.status, o.deadline_at <= ${at} AS overdue,
        CASE WHEN o.deadline_at <= ${at} THEN o.deadline_at ELSE greatest(o.updated_at, p.updated_at) END AS since
      FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
      WHERE o.status IN ('pending', 'awaiting_payment') AND (o.deadline_at <= ${ago(DEADLINE_GRACE_MS, at)} OR ${isStuck(at, IDLE_MS, IDLE_AFTER_PAYMENT_MS)})) stuck
    ORDER BY since, id LIMIT ${limit}`;
  return { items: rows.map(({ count, ...order }) => order), count: rows[0]?.count ?? 0 };
}
