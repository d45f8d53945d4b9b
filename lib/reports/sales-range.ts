import { z } from "zod";
import { now } from "../clock";
import { storeEnv } from "../env";
import { dateInputSchema } from "../time-schema";
import { countOrders, currenciesOf, rankProducts } from "./read-sales";
import { readSalesDays, type SalesDay } from "./sales-sums";
import { addDays, dateIn } from "./store-day";

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

/** Returns the net revenue of a range, as `revenueOf`. */
export async function readRevenue(range: DateRange) {
  return revenueOf(range, await readSalesDays(range.from, range.to));
}

/**
 * Returns the net revenue in each currency with sales, the largest first: confirmed orders minus refunds, as in the daily reports.
 * Without sales it returns zeros in the store's currency. `days` has one entry for each day of the range, oldest first; `net` is in
 * minor units. Pure.
 */
export function revenueOf(range: DateRange, sales: SalesDay[]) {
  const byDay = new Map(sales.map((day) => [`${day.currency} ${day.date}`, day]));
  const sum = (currency: string) =>
    sales.reduce((total, day) => total + (day.currency === currency ? day.revenue - day.refunds : 0), 0);
  const currencies = currenciesOf(sales).toSorted((a, b) => sum(b) - sum(a));
  const dates = daysOf(range);
  return (currencies.length > 0 ? currencies : [storeEnv().STORE_CURRENCY]).map((currency) => ({
    currency,
    days: dates.map((date) => {
      const { revenue = 0, refunds = 0, confirmed = 0 } = byDay.get(`${currency} ${date}`) ?? {};
      return { date, net: revenue - refunds, orders: confirmed };
    }),
  }));
}

/** The products on the overview. */
const TOP_PRODUCTS = 10;

export type SalesFigures = Awaited<ReturnType<typeof readFigures>>;

/** Returns the figures of a range beside those of the range before it, and the best sellers. Amounts are in minor units. */
export async function readFigures(range: DateRange) {
  const before = previousRange(range);
  const [both, bestSellers] = await Promise.all([
    readSalesDays(before.from, range.to),
    rankProducts(range.from, range.to, TOP_PRODUCTS),
  ]);
  const revenue = revenueOf({ from: before.from, to: range.to }, both).map(({ currency, days }) => {
    const inRange = days.filter(({ date }) => date >= range.from);
    const net = inRange.reduce((sum, day) => sum + day.net, 0);
    return { currency, days: inRange, net, previous: days.reduce((sum, day) => sum + day.net, 0) - net };
  });
  return {
    revenue,
    orders: countOrders(both.filter(({ date }) => date >= range.from)),
    previousOrders: countOrders(both.filter(({ date }) => date < range.from)),
    bestSellers,
  };
}
