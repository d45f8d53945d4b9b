import { now } from "../clock";
import { db } from "../db";
import { storeEnv } from "../env";
import { addDays, dateIn, dayIn } from "../reports/store-day";

/** The net revenue of the last days in one currency: confirmed orders minus refunds, as in the daily reports. */
export interface RevenueByDay {
  currency: string;
  /** One entry for each day in the store's time zone, oldest first. `net` is in minor units. */
  days: { date: string; net: number; orders: number }[];
}

/** Returns the revenue in each currency with sales, the largest first. Without sales it returns zeros in EUR. */
export async function readRevenue(count: number): Promise<RevenueByDay[]> {
  const zone = storeEnv().STORE_TIME_ZONE;
  const today = dateIn(zone, now());
  const dates = Array.from({ length: count }, (_, index) => addDays(today, index - count + 1));
  const { from } = dayIn(zone, dates[0] ?? today);
  const rows = await db().$queryRaw<{ date: string; currency: string; net: number; orders: number }[]>`
    SELECT to_char(at AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS date, currency, sum(net)::float8 AS net, sum(sold)::int AS orders FROM (
      SELECT e.at, o.currency, o.total_amount AS net, 1 AS sold FROM order_events e JOIN orders o ON o.id = e.order_id
      WHERE e.type = 'order_confirmed' AND e.at >= ${from}
      UNION ALL
      SELECT e.at, r.currency, -r.amount, 0 FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type = 'refund_succeeded' AND e.at >= ${from}
    ) flows GROUP BY 1, 2`;
  const sum = (currency: string) => rows.reduce((total, row) => total + (row.currency === currency ? row.net : 0), 0);
  const currencies = [...new Set(rows.map((row) => row.currency))].toSorted((a, b) => sum(b) - sum(a));
  return (currencies.length > 0 ? currencies : ["EUR"]).map((currency) => ({
    currency,
    days: dates.map((date) => {
      const row = rows.find((row) => row.currency === currency && row.date === date);
      return { date, net: row?.net ?? 0, orders: row?.orders ?? 0 };
    }),
  }));
}
