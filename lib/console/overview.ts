import { ago, DAY, now } from "../clock";
import { db } from "../db";
import type { Money } from "../money";

export interface Overview {
  ordersByStatus: { status: string; count: number }[];
  /** Captured less refunded, a point for each of the last days (UTC), oldest first; minor units of `currency`. */
  revenue: { day: string; amount: number; orders: number }[];
  currency: string;
  today: { orders: number; revenue: Money };
  /** Open orders past their deadline. */
  overdue: number;
  /** Seconds, of the oldest event that is not sent; null when all are. */
  outboxAge: number | null;
  alerts: { id: string; kind: string; subject: string; at: Date }[];
}

const DAYS = 14;

/** What an operator wants to see first, in three statements. */
export async function readOverview(): Promise<Overview> {
  const at = now();
  const since = new Date(Math.floor(ago((DAYS - 1) * DAY).getTime() / DAY) * DAY);
  const [statuses, days, [state], alerts] = await Promise.all([
    db().$queryRaw<
      Overview["ordersByStatus"]
    >`SELECT status::text, count(*)::int AS count FROM orders GROUP BY status ORDER BY status`,
    db().$queryRaw<{ day: string; amount: number; orders: number; currency: string }[]>`
      SELECT to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(p.captured - p.refunded)::int AS amount,
        count(*)::int AS orders, min(p.currency) AS currency
      FROM payments p WHERE p.status = 'succeeded' AND p.updated_at >= ${since} GROUP BY 1`,
    db().$queryRaw<{ overdue: number; oldest: Date | null }[]>`
      SELECT (SELECT count(*)::int FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at < ${at}) AS overdue,
        (SELECT min(created_at) FROM outbox WHERE sent_at IS NULL) AS oldest`,
    db().$queryRaw<Overview["alerts"]>`
      SELECT id, kind, subject, created_at AS at FROM alerts WHERE resolved_at IS NULL ORDER BY created_at DESC LIMIT 10`,
  ]);
  const currency = days[0]?.currency ?? "EUR";
  const revenue = Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(since.getTime() + index * DAY).toISOString().slice(0, 10);
    const found = days.find((one) => one.day === day);
    return { day, amount: found?.amount ?? 0, orders: found?.orders ?? 0 };
  });
  const last = revenue.at(-1);
  return {
    ordersByStatus: statuses,
    revenue,
    currency,
    today: { orders: last?.orders ?? 0, revenue: { amount: last?.amount ?? 0, currency } },
    overdue: state?.overdue ?? 0,
    outboxAge: state?.oldest ? Math.round((at.getTime() - state.oldest.getTime()) / 1_000) : null,
    alerts,
  };
}
