import { ago, MINUTE } from "../clock";
import { Prisma } from "../db";

/**
 * Of an order `o` with its present payment `p`, in SQL: it is open, nothing has happened to it for a while, and it waits for
 * nobody, so that its run may be lost. What a manager holds for review waits for the manager.
 */
export const standsStill = (at: Date): Prisma.Sql => Prisma.sql`(
  o.status IN ('pending', 'awaiting_payment') AND o.deadline_at > ${at}
  AND (o.updated_at < ${ago(20 * MINUTE, at)} AND o.status = 'pending'
       OR p.status IN ('succeeded', 'failed', 'canceled') AND p.updated_at < ${ago(2 * MINUTE, at)})
  AND NOT (coalesce(p.status = 'succeeded', false) AND EXISTS (
    SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held' AND v.held_at IS NOT NULL)))`;
