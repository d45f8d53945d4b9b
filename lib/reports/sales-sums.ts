import { after, ago, HOUR, now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { storeEnv } from "../env";
import type { LocalSweep } from "../sweep";
import { dayIn } from "./store-day";

/**
 * The sales of each day of the store are summed up once an hour, so a report costs the same in a shop with a million orders. What the
 * sums do not have yet is read from the orders. `sales_watermark` says up to when the sums go: each entry of the timeline before it is
 * in them once. They are derived, so they are built again when that row is deleted, or the store's time zone changes.
 */

/** Entries of this age are summed up. A later entry cannot get an earlier time: transactions end sooner, and clocks differ less. */
const SETTLED_MS = HOUR;
/** A statement sums up this much at most, so that it ends soon in a large shop. */
const STEP_MS = 6 * HOUR;

/** The end of what is summed up; null if nothing is. */
const watermark = (zone: string) => Prisma.sql`(SELECT until FROM sales_watermark WHERE time_zone = ${zone})`;

/** Whether a time is in a span, and not summed up. */
const rest = (zone: string, column: Prisma.Sql, from: Date, until: Date) =>
  Prisma.sql`${column} >= greatest(${from}::timestamptz, ${watermark(zone)}) AND ${column} < ${until}`;

/** The rows of `sales_days` that the rest of a span makes. An order that fails again counts on its first day. */
function restOfDays(zone: string, from: Date, until: Date): Prisma.Sql {
  const during = rest(zone, Prisma.sql`e.at`, from, until);
  return Prisma.sql`
    SELECT (at AT TIME ZONE ${zone})::date AS date, currency, sum(placed) AS placed, sum(confirmed) AS confirmed, sum(failed) AS failed,
      sum(cancelled) AS cancelled, sum(revenue) AS revenue, sum(refunds) AS refunds FROM (
      SELECT created_at AS at, currency, 1 AS placed, 0 AS confirmed, 0 AS failed, 0 AS cancelled, 0 AS revenue, 0 AS refunds
      FROM orders WHERE ${rest(zone, Prisma.sql`created_at`, from, until)}
      UNION ALL
      SELECT e.at, o.currency, 0, 1, 0, 0, o.total_amount, 0 FROM order_events e JOIN orders o ON o.id = e.order_id
      WHERE e.type = 'order_confirmed' AND ${during}
      UNION ALL
      SELECT e.at, o.currency, 0, 0, (e.type = 'order_failed')::int, (e.type = 'order_cancelled')::int, 0, 0
      FROM order_events e JOIN orders o ON o.id = e.order_id WHERE e.type IN ('order_failed', 'order_cancelled') AND ${during}
        AND NOT EXISTS (SELECT 1 FROM order_events f WHERE f.order_id = e.order_id AND f.type = 'order_failed' AND e.type = f.type AND f.id < e.id)
      UNION ALL
      SELECT e.at, r.currency, 0, 0, 0, 0, 0, r.amount FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type IN ('refund_succeeded', 'refund_paid_otherwise') AND ${during}
      UNION ALL
      -- A bank has returned it, after it had succeeded.
      SELECT e.at, r.currency, 0, 0, 0, 0, 0, -r.amount FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type = 'refund_failed' AND ${during}
        AND EXISTS (SELECT 1 FROM order_events s WHERE s.order_id = e.order_id AND s.type = 'refund_succeeded' AND s.key = e.key AND s.id < e.id)
    ) entries GROUP BY 1, 2`;
}

/** The rows of `sales_product_days` that the rest of a span makes, at the prices paid for the items, before coupons. */
const restOfProducts = (zone: string, from: Date, until: Date) => Prisma.sql`
  SELECT (e.at AT TIME ZONE ${zone})::date AS date, l.product_id, o.currency, sum(l.quantity) AS units, sum(l.quantity * l.unit_amount) AS revenue
  FROM order_events e JOIN orders o ON o.id = e.order_id JOIN order_lines l ON l.order_id = o.id
  WHERE e.type = 'order_confirmed' AND ${rest(zone, Prisma.sql`e.at`, from, until)} GROUP BY 1, 2, 3`;

/** The condition on the sums of the days of a range. Those of another time zone do not count. */
const summed = (zone: string, from: string, to: string) =>
  Prisma.sql`date BETWEEN ${from}::date AND ${to}::date AND ${watermark(zone)} IS NOT NULL`;

/** What happened on a day of the store, in one currency. Amounts are in minor units. */
export interface SalesDay {
  date: string;
  currency: string;
  placed: number;
  confirmed: number;
  failed: number;
  cancelled: number;
  /** Of the orders confirmed. */
  revenue: number;
  /** Of the refunds made. */
  refunds: number;
}

/** Returns the sales of each day with any, from the day `from` to the day `to`, such as `2026-01-31`. One statement. */
export function readSalesDays(from: string, to: string): Promise<SalesDay[]> {
  const zone = storeEnv().STORE_TIME_ZONE;
  const [start, end] = [dayIn(zone, from).from, dayIn(zone, to).until];
  return db().$queryRaw<SalesDay[]>`
    SELECT to_char(date, 'YYYY-MM-DD') AS date, currency, sum(placed)::int AS placed, sum(confirmed)::int AS confirmed,
      sum(failed)::int AS failed, sum(cancelled)::int AS cancelled, sum(revenue)::float8 AS revenue, sum(refunds)::float8 AS refunds
    FROM (
      SELECT date, currency, placed, confirmed, failed, cancelled, revenue, refunds FROM sales_days WHERE ${summed(zone, from, to)}
      UNION ALL ${restOfDays(zone, start, end)}
    ) days GROUP BY date, currency`;
}

/** A SELECT of the units and the revenue of each product and currency in a range of days. */
export function salesOfProducts(from: string, to: string): Prisma.Sql {
  const zone = storeEnv().STORE_TIME_ZONE;
  const [start, end] = [dayIn(zone, from).from, dayIn(zone, to).until];
  return Prisma.sql`SELECT product_id, currency, sum(units)::int AS units, sum(revenue)::float8 AS revenue FROM (
      SELECT product_id, currency, units, revenue FROM sales_product_days WHERE ${summed(zone, from, to)}
      UNION ALL SELECT product_id, currency, units, revenue FROM (${restOfProducts(zone, start, end)}) rest
    ) days GROUP BY product_id, currency`;
}

/** The id of an item is the moment from which the sums go on, in ms. */
export const unsummedSales: LocalSweep = {
  name: "unsummed-sales",
  description: "Sums up the sales of each day for the reports",
  intervalMs: HOUR,
  limit: 1,
  drain: true,
  find: (at) => Prisma.sql`SELECT (extract(epoch FROM since) * 1000)::bigint::text AS id
    FROM (SELECT coalesce(${watermark(storeEnv().STORE_TIME_ZONE)}, (SELECT min(created_at) FROM orders)) AS since) sums
    WHERE since < ${ago(SETTLED_MS, at)}`,
  async repair(id) {
    const zone = storeEnv().STORE_TIME_ZONE;
    const from = new Date(Number(id));
    const until = new Date(Math.min(after(STEP_MS, from).getTime(), ago(SETTLED_MS, now()).getTime()));
    // The clock was set back since the search.
    if (until <= from) return;
    await startSums(zone, from);
    await sumUp(zone, from, until);
  },
};

/** Starts the sums again, unless there are sums in this time zone. */
async function startSums(zone: string, until: Date): Promise<void> {
  const single = { single: true };
  // Prisma joins several `findUnique` of one moment into an IN, which it does not have for a boolean key.
  const current = await db().salesWatermark.findFirst({ where: single });
  if (current?.timeZone === zone) return;
  await transaction(async (tx) => {
    await tx.salesWatermark.upsert({
      where: single,
      create: { timeZone: zone, until },
      update: { timeZone: zone, until },
    });
    await tx.salesDay.deleteMany();
    await tx.salesProductDay.deleteMany();
  });
}

/** Adds a span to the sums, unless another process has: of two, only one moves the watermark. */
async function sumUp(zone: string, from: Date, until: Date): Promise<void> {
  await db().$executeRaw`
    WITH moved AS (
      UPDATE sales_watermark SET until = ${until} WHERE time_zone = ${zone} AND until = ${from} RETURNING 1
    ), products AS (
      INSERT INTO sales_product_days AS s (date, product_id, currency, units, revenue)
      SELECT * FROM (${restOfProducts(zone, from, until)}) added WHERE EXISTS (SELECT 1 FROM moved)
      ON CONFLICT (date, product_id, currency) DO UPDATE SET units = s.units + excluded.units, revenue = s.revenue + excluded.revenue
    )
    INSERT INTO sales_days AS s (date, currency, placed, confirmed, failed, cancelled, revenue, refunds)
    SELECT * FROM (${restOfDays(zone, from, until)}) added WHERE EXISTS (SELECT 1 FROM moved)
    ON CONFLICT (date, currency) DO UPDATE SET placed = s.placed + excluded.placed, confirmed = s.confirmed + excluded.confirmed,
      failed = s.failed + excluded.failed, cancelled = s.cancelled + excluded.cancelled, revenue = s.revenue + excluded.revenue,
      refunds = s.refunds + excluded.refunds`;
}
