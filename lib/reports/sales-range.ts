import { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { storeEnv } from "../env";
import { dateInputSchema } from "../time-schema";
import { countOrders, rankProducts } from "./read-sales";
import { addDays, dateIn, dayIn } from "./store-day";

/** The longest range, in days: a year. */
export const MAX_DAYS = 366;

/** Days of the store, each such as `2026-01-31`, the first and the last included. */
export interface DateRange {
  from: string;
  to: string;
}

const presetSchema = z.enum(["today", "7", "30", "90"]).catch("30");

/** The ranges that the console offers, in days up to today. */
export const PRESETS = { today: 1, "7": 7, "30": 30, "90": 90 } as const;

/** Returns the last `count` days of the store, today included. */
export function lastDays(count: number): DateRange {
  const to = dateIn(storeEnv().STORE_TIME_ZONE, now());
  return { from: addDays(to, 1 - count), to };
}

interface RangeQuery {
  range?: string;
  from?: string;
  to?: string;
}

/**
 * Returns the range of a query: one of the presets, or own dates if both are valid. Anything else is the last 30 days. Dates in the
 * wrong order are exchanged, and a longer range starts a year before its end.
 */
export function readRange({ range, from, to }: RangeQuery): DateRange & { preset: keyof typeof PRESETS | null } {
  const own = z.tuple([dateInputSchema, dateInputSchema]).safeParse([from, to]).data;
  if (!own || range) {
    const preset = presetSchema.parse(range);
    return { ...lastDays(PRESETS[preset]), preset };
  }
  const [first = "", last = ""] = own.toSorted();
  const isTooLong = first < addDays(last, 1 - MAX_DAYS);
  return { from: isTooLong ? addDays(last, 1 - MAX_DAYS) : first, to: last, preset: null };
}

/** Returns each day of a range, oldest first. */
function daysOf({ from, to }: DateRange): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

/** Returns the range of the same length that ends the day before. */
function previousRange(range: DateRange): DateRange {
  const to = addDays(range.from, -1);
  return { from: addDays(to, 1 - daysOf(range).length), to };
}

/**
 * Returns the net revenue in each currency with sales, the largest first: confirmed orders minus refunds, as in the daily reports. Without sales it returns zeros in the store's currency. `days` has one entry
 * for each day of the range, oldest first; `net` is in minor units.
 */
export async function readRevenue(range: DateRange) {
  const zone = storeEnv().STORE_TIME_ZONE;
  const { from } = dayIn(zone, range.from);
  const { until } = dayIn(zone, range.to);
  const rows = await db().$queryRaw<{ date: string; currency: string; net: number; orders: number }[]>`
    SELECT to_char(at AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS date, currency, sum(net)::float8 AS net, sum(sold)::int AS orders FROM (
      SELECT e.at, o.currency, o.total_amount AS net, 1 AS sold FROM order_events e JOIN orders o ON o.id = e.order_id
      WHERE e.type = 'order_confirmed' AND e.at >= ${from} AND e.at < ${until}
      UNION ALL
      SELECT e.at, r.currency, -r.amount, 0 FROM order_events e JOIN refunds r ON r.id = e.key
      WHERE e.type = 'refund_succeeded' AND e.at >= ${from} AND e.at < ${until}
    ) flows GROUP BY 1, 2`;
  const byDay = new Map(rows.map((row) => [`${row.currency} ${row.date}`, row]));
  const sum = (currency: string) => rows.reduce((total, row) => total + (row.currency === currency ? row.net : 0), 0);
  const currencies = [...new Set(rows.map((row) => row.currency))].toSorted((a, b) => sum(b) - sum(a));
  const dates = daysOf(range);
  return (currencies.length > 0 ? currencies : [storeEnv().STORE_CURRENCY]).map((currency) => ({
    currency,
    days: dates.map((date) => {
      const { net = 0, orders = 0 } = byDay.get(`${currency} ${date}`) ?? {};
      return { date, net, orders };
    }),
  }));
}

/** The products on the overview. */
const TOP_PRODUCTS = 10;

export type SalesFigures = Awaited<ReturnType<typeof readFigures>>;

/** Returns the figures of a range beside those of the range before it, and the best products. Amounts are in minor units. */
export async function readFigures(range: DateRange) {
  const zone = storeEnv().STORE_TIME_ZONE;
  const before = previousRange(range);
  const start = dayIn(zone, range.from).from;
  const end = dayIn(zone, range.to).until;
  const [both, [orders], [previousOrders], products] = await Promise.all([
    readRevenue({ from: before.from, to: range.to }),
    countOrders(start, end),
    countOrders(dayIn(zone, before.from).from, start),
    rankProducts(start, end, TOP_PRODUCTS),
  ]);
  const revenue = both.map(({ currency, days }) => {
    const inRange = days.filter(({ date }) => date >= range.from);
    const net = inRange.reduce((sum, day) => sum + day.net, 0);
    return { currency, days: inRange, net, previous: days.reduce((sum, day) => sum + day.net, 0) - net };
  });
  return {
    revenue,
    orders: { placed: orders?.placed ?? 0, confirmed: orders?.confirmed ?? 0 },
    previousOrders: { placed: previousOrders?.placed ?? 0, confirmed: previousOrders?.confirmed ?? 0 },
    products,
  };
}
