import { z } from "zod";
import { ago, DAY, now } from "../clock";
import { type CsvFormat, csvLine, csvStart } from "../csv";
import { db } from "../db";
import { storeEnv } from "../env";
import { isLowStock } from "../low-stock";
import type { Money } from "../money";
import { moneySchema, timeSchema } from "../view-schemas";
import type { Day } from "./store-day";

const product = { productId: z.string(), sku: z.string(), name: z.string() };

/** The sales of a day, with one total for each currency. */
export const dailyReportSchema = z.strictObject({
  ...{ date: z.iso.date(), timeZone: z.string(), from: timeSchema, until: timeSchema },
  orders: z.strictObject({ placed: z.int(), confirmed: z.int(), failed: z.int(), cancelled: z.int() }),
  /** Of the orders confirmed and the refunds made in the period. */
  totals: z.array(z.strictObject({ revenue: moneySchema, refunds: moneySchema, net: moneySchema })),
  /** By units, ten at most; at the prices paid for the items, before coupons. */
  bestSellers: z.array(z.strictObject({ ...product, units: z.int(), revenue: moneySchema })),
  /** At the time of the report: sold out, few left, or fewer than were sold in seven days. */
  runningOut: z.array(z.strictObject({ ...product, available: z.int(), soldInWeek: z.int() })),
});

export type DailyReport = z.output<typeof dailyReportSchema>;

/** The products in the report of a day. */
const DAILY_PRODUCTS = 10;

/** Returns the figures of a day, in four statements whatever was sold. */
export async function readSales({ date, zone, from, until }: Day): Promise<DailyReport> {
  const { flows: _, ...figures } = await readPeriod(from, until, DAILY_PRODUCTS);
  return { ...{ date, timeZone: zone, from: from.toISOString(), until: until.toISOString() }, ...figures };
}

/** Returns the figures of a period with its best sellers, `products` at most, and the flows of its days. */
export async function readPeriod(from: Date, until: Date, products: number) {
  const [[orders], flows, bestSellers, runningOut] = await Promise.all([
    countOrders(from, until),
    readFlows(from, until),
    rankProducts(from, until, products),
    findScarce(),
  ]);
  return {
    orders: orders ?? { placed: 0, confirmed: 0, failed: 0, cancelled: 0 },
    totals: totalsOf(flows),
    bestSellers: bestSellers.map(({ revenue, currency, ...rest }) => ({
      ...rest,
      revenue: { amount: revenue, currency },
    })),
    runningOut,
    flows,
  };
}

/** Counts orders by what happened in the period. An order that failed twice counts once. */
export function countOrders(from: Date, until: Date) {
  return db().$queryRaw<DailyReport["orders"][]>`
    SELECT (SELECT count(*)::int FROM orders WHERE created_at >= ${from} AND created_at < ${until}) AS placed,
      (SELECT count(*)::int FROM order_events WHERE type = 'order_confirmed' AND at >= ${from} AND at < ${until}) AS confirmed,
      (SELECT count(DISTINCT order_id)::int FROM order_events WHERE type = 'order_failed' AND at >= ${from} AND at < ${until}) AS failed,
      (SELECT count(*)::int FROM order_events WHERE type = 'order_cancelled' AND at >= ${from} AND at < ${until}) AS cancelled`;
}

/** The money of the orders confirmed and the refunds made on a day of the store, in one currency. Amounts are in minor units. */
export interface Flow {
  date: string;
  currency: string;
  revenue: number;
  refunds: number;
  /** The orders confirmed. */
  orders: number;
}

/** Returns the flows of each day with any. */
export function readFlows(from: Date, until: Date) {
  return db().$queryRaw<Flow[]>`
    SELECT to_char(at AT TIME ZONE ${storeEnv().STORE_TIME_ZONE}, 'YYYY-MM-DD') AS date, currency,
      sum(revenue)::float8 AS revenue, sum(refund)::float8 AS refunds, sum(sold)::int AS orders FROM (
      SELECT e.at, o.currency, o.total_amount AS revenue, 0 AS refund, 1 AS sold FROM order_events e JOIN orders o ON o.id = e.order_id
      WHERE e.type = 'order_confirmed' AND e.at >= ${from} AND e.at < ${until}
      UNION ALL
      SELECT e.at, r.currency, 0, r.amount, 0 FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type IN ('refund_succeeded', 'refund_paid_otherwise') AND e.at >= ${from} AND e.at < ${until}
      UNION ALL
      -- A bank has returned it, after it had succeeded.
      SELECT e.at, r.currency, 0, -r.amount, 0 FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type = 'refund_failed' AND e.at >= ${from} AND e.at < ${until}
        AND EXISTS (SELECT 1 FROM order_events s WHERE s.order_id = e.order_id AND s.type = 'refund_succeeded' AND s.key = e.key)
    ) flows GROUP BY 1, 2`;
}

/** Returns the sums of the flows, one for each currency, in the order of their codes. */
function totalsOf(flows: Flow[]): DailyReport["totals"] {
  const currencies = [...new Set(flows.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = flows.filter((flow) => flow.currency === currency);
    const revenue = own.reduce((sum, flow) => sum + flow.revenue, 0);
    const refunds = own.reduce((sum, flow) => sum + flow.refunds, 0);
    const money = (amount: number) => ({ amount, currency });
    return { revenue: money(revenue), refunds: money(refunds), net: money(revenue - refunds) };
  });
}

/** Returns the products that were sold most in the period, by units, `count` at most. */
export function rankProducts(from: Date, until: Date, count: number) {
  return db().$queryRaw<
    { productId: string; sku: string; name: string; units: number; revenue: number; currency: string }[]
  >`
    SELECT l.product_id AS "productId", min(l.sku) AS sku, min(l.name) AS name, sum(l.quantity)::int AS units,
      sum(l.quantity * l.unit_amount)::float8 AS revenue, o.currency
    FROM order_events e JOIN orders o ON o.id = e.order_id JOIN order_lines l ON l.order_id = o.id
    WHERE e.type = 'order_confirmed' AND e.at >= ${from} AND e.at < ${until}
    GROUP BY l.product_id, o.currency ORDER BY units DESC, revenue DESC, l.product_id LIMIT ${count}::int`;
}

function findScarce() {
  return db().$queryRaw<DailyReport["runningOut"]>`
    WITH week AS (
      SELECT l.product_id, sum(l.quantity)::int AS sold FROM order_events e JOIN order_lines l ON l.order_id = e.order_id
      WHERE e.type = 'order_confirmed' AND e.at >= ${ago(7 * DAY)} AND e.at < ${now()} GROUP BY l.product_id
    )
    SELECT p.id AS "productId", p.sku, p.name, i.available, coalesce(week.sold, 0) AS "soldInWeek"
    FROM products p JOIN inventory i ON i.product_id = p.id LEFT JOIN week ON week.product_id = p.id
    WHERE p.active AND (${isLowStock()} OR i.available < week.sold)
    ORDER BY i.available, week.sold DESC NULLS LAST, p.sku LIMIT 50`;
}

/** The orders and the totals of a report, in the order of its CSV. */
export const ORDER_COUNTS = ["placed", "confirmed", "failed", "cancelled"] as const;
export const TOTALS = ["revenue", "refunds", "net"] as const;

/** Returns the report as CSV, one row for each figure. Amounts are in minor units. Pure. */
export function reportCsv(report: DailyReport, format: CsvFormat = {}): string {
  const { date, orders, totals, bestSellers, runningOut } = report;
  const row = (section: string, item: string, name: string, quantity: number | null, money?: Money) =>
    csvLine([date, section, item, name, quantity, money?.amount, money?.currency], format);
  return [
    csvStart(format),
    csvLine(["date", "section", "item", "name", "quantity", "amount_minor_units", "currency"], format),
    // A stored report has its keys in the order of PostgreSQL.
    ...ORDER_COUNTS.map((state) => row("orders", state, "", orders[state])),
    ...totals.flatMap((total) => TOTALS.map((kind) => row("totals", kind, "", null, total[kind]))),
    ...bestSellers.map(({ sku, name, units, revenue }) => row("best_sellers", sku, name, units, revenue)),
    ...runningOut.map(({ sku, name, available }) => row("running_out", sku, name, available)),
  ].join("");
}
