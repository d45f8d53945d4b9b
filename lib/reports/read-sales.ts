import { z } from "zod";
import { now } from "../clock";
import { type CsvFormat, csvLine, csvStart } from "../csv";
import { db } from "../db";
import { storeEnv } from "../env";
import { isLowStock } from "../low-stock";
import type { Money } from "../money";
import { moneySchema, timeSchema } from "../view-schemas";
import { readSalesDays, type SalesDay, salesOfProducts } from "./sales-sums";
import { addDays, type Day, dateIn } from "./store-day";

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

/** Returns the figures of a day, in three statements whatever was sold. */
export async function readSales({ date, zone, from, until }: Day): Promise<DailyReport> {
  const { days: _, ...figures } = await readPeriod(date, date, DAILY_PRODUCTS);
  return { ...{ date, timeZone: zone, from: from.toISOString(), until: until.toISOString() }, ...figures };
}

/** Returns the figures of a range of days with its best sellers, `products` at most, and the sales of its days. */
export async function readPeriod(from: string, to: string, products: number) {
  const [days, bestSellers, runningOut] = await Promise.all([
    readSalesDays(from, to),
    rankProducts(from, to, products),
    findScarce(),
  ]);
  return {
    orders: countOrders(days),
    totals: totalsOf(days),
    bestSellers: bestSellers.map(({ revenue, currency, ...rest }) => ({
      ...rest,
      revenue: { amount: revenue, currency },
    })),
    runningOut,
    days,
  };
}

/** Counts the orders of days by what happened on them. An order that fails again counts once, on its first day. Pure. */
export function countOrders(days: SalesDay[]): DailyReport["orders"] {
  const sum = (count: (day: SalesDay) => number) => days.reduce((total, day) => total + count(day), 0);
  return {
    placed: sum(({ placed }) => placed),
    confirmed: sum(({ confirmed }) => confirmed),
    failed: sum(({ failed }) => failed),
    cancelled: sum(({ cancelled }) => cancelled),
  };
}

/** Returns the sums of the days, one for each currency with sales, in the order of their codes. */
function totalsOf(days: SalesDay[]): DailyReport["totals"] {
  return currenciesOf(days)
    .toSorted()
    .map((currency) => {
      const own = days.filter((day) => day.currency === currency);
      const revenue = own.reduce((sum, day) => sum + day.revenue, 0);
      const refunds = own.reduce((sum, day) => sum + day.refunds, 0);
      const money = (amount: number) => ({ amount, currency });
      return { revenue: money(revenue), refunds: money(refunds), net: money(revenue - refunds) };
    });
}

/** Returns the currencies in which orders were confirmed or refunds made. Pure. */
export function currenciesOf(days: SalesDay[]): string[] {
  const sold = days.filter(({ confirmed, refunds }) => confirmed > 0 || refunds !== 0);
  return [...new Set(sold.map(({ currency }) => currency))];
}

/** Returns the products that were sold most on the days of a range, by units, `count` at most, under their current names. */
export function rankProducts(from: string, to: string, count: number) {
  return db().$queryRaw<
    { productId: string; sku: string; name: string; units: number; revenue: number; currency: string }[]
  >`
    SELECT p.id AS "productId", p.sku, p.name, sold.units, sold.revenue, sold.currency
    FROM (${salesOfProducts(from, to)} ORDER BY units DESC, revenue DESC, product_id LIMIT ${count}::int) sold
    JOIN products p ON p.id = sold.product_id ORDER BY sold.units DESC, sold.revenue DESC, p.id`;
}

/** The days whose sales show how long the stock lasts, today included. */
const SCARCE_DAYS = 7;

function findScarce() {
  const today = dateIn(storeEnv().STORE_TIME_ZONE, now());
  return db().$queryRaw<DailyReport["runningOut"]>`
    WITH week AS (
      SELECT product_id, sum(units)::int AS sold FROM (${salesOfProducts(addDays(today, 1 - SCARCE_DAYS), today)}) sales GROUP BY product_id
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
