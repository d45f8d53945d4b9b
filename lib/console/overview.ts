import type { OrderStatus } from "@/prisma/generated/enums";
import { db } from "../db";

export interface Overview {
  ordersByStatus: { status: OrderStatus; count: number }[];
  /** Paid orders that wait for a manager. */
  held: number;
  /** Events that are committed and not sent, and since when (null where there is none). */
  unsent: { count: number; since: Date | null };
  /** What a person has to look at, newest first. */
  alerts: { id: string; subject: string; at: Date }[];
}

/** How the shop stands, in four statements. */
export async function readOverview(): Promise<Overview> {
  const [ordersByStatus, [waiting], [unsent], alerts] = await Promise.all([
    db().$queryRaw<Overview["ordersByStatus"]>`
      SELECT status, count(*)::int AS count FROM orders GROUP BY status ORDER BY status`,
    db().$queryRaw<{ held: number }[]>`
      SELECT count(*)::int AS held FROM order_reviews v JOIN orders o ON o.id = v.order_id
      WHERE v.status = 'held' AND v.held_at IS NOT NULL AND o.status IN ('pending', 'awaiting_payment')`,
    db().$queryRaw<[Overview["unsent"]]>`
      SELECT count(*)::int AS count, min(created_at) AS since FROM outbox WHERE sent_at IS NULL`,
    db().$queryRaw<Overview["alerts"]>`
      SELECT id, subject, created_at AS at FROM alerts WHERE resolved_at IS NULL ORDER BY created_at DESC LIMIT 10`,
  ]);
  return { ordersByStatus, held: waiting?.held ?? 0, unsent, alerts };
}
