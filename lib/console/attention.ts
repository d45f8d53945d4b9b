import { db } from "../db";
import { isLowStock } from "../low-stock";
import { CLOSED_DISPUTES } from "../order-state/status";

/** What waits for a person, each with its number. */
export interface Attention {
  /** Paid orders that are held for review. */
  held: number;
  /** Expenses without a decision. */
  expenses: number;
  /** Refunds in the manual queue, because they have failed. */
  refunds: number;
  /** Other tasks in the manual queue. */
  tasks: number;
  /** Payments that customers dispute at their bank. */
  disputes: number;
  /** Products on sale with few or no available units. */
  lowStock: number;
  /** Open alerts. */
  alerts: number;
}

/** Returns the numbers of what waits for a person, in one statement over the indexes of open work. */
export async function countAttention(): Promise<Attention> {
  const [counts] = await db().$queryRaw<[Attention]>`
    SELECT
      (SELECT count(*)::int FROM order_reviews r JOIN orders o ON o.id = r.order_id
        WHERE r.status = 'held' AND r.held_at IS NOT NULL AND o.status IN ('pending', 'awaiting_payment')) AS held,
      (SELECT count(*)::int FROM expenses WHERE status = 'pending') AS expenses,
      (SELECT count(*)::int FROM disputes WHERE status <> ALL (${CLOSED_DISPUTES}::text[])) AS disputes,
      (SELECT count(*)::int FROM inventory i JOIN products p ON p.id = i.product_id WHERE p.active AND ${isLowStock()}) AS "lowStock",
      (SELECT count(*)::int FROM alerts WHERE resolved_at IS NULL) AS alerts,
      tasks.refunds, tasks.others AS tasks
    FROM (
      SELECT (count(*) FILTER (WHERE kind IN ('refund', 'subscription_refund')))::int AS refunds,
        (count(*) FILTER (WHERE kind NOT IN ('refund', 'subscription_refund')))::int AS others
      FROM manual_queue WHERE resolved_at IS NULL
    ) tasks`;
  return counts;
}
