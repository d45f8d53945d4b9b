import type { OrderStatus } from "@/prisma/generated/enums";
import { db } from "../db";

export interface Overview {
  ordersByStatus: { status: OrderStatus; count: number }[];
  /** Paid orders that wait for a manager. */
  held: number;
  /** Committed events that are not sent, and since when (null if there are none). */
  unsent: { count: number; since: Date | null };
  /** Open alerts, newest first. */
  alerts: { id: string; subject: string; at: Date }[];
}

/** Returns the figures of the console's first page, in four statements. */
export async function readOverview(): Promise<Overview> {
  const [byStatus, held, unsent, alerts] = await Promise.all([
    db().order.groupBy({ by: ["status"], _count: true, orderBy: { status: "asc" } }),
    db().orderReview.count({
      where: { status: "held", heldAt: { not: null }, order: { status: { in: ["pending", "awaiting_payment"] } } },
    }),
    db().outboxEvent.aggregate({ where: { sentAt: null }, _count: true, _min: { createdAt: true } }),
    db().alert.findMany({ where: { resolvedAt: null }, orderBy: { createdAt: "desc" }, take: 10 }),
  ]);
  return {
    ordersByStatus: byStatus.map(({ status, _count }) => ({ status, count: _count })),
    held,
    unsent: { count: unsent._count, since: unsent._min.createdAt },
    alerts: alerts.map(({ id, subject, createdAt }) => ({ id, subject, at: createdAt })),
  };
}
