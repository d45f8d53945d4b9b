import { z } from "zod";
import { type CsvFormat, csvFormat, csvLine, csvStart } from "../csv";
import { storeEnv } from "../env";
import { invalid } from "../errors";
import { type Money, typedAmount } from "../money";
import { dateInputSchema } from "../time-schema";
import { moneySchema } from "../view-schemas";
import { dailyReportSchema, ORDER_COUNTS, readPeriod, TOTALS } from "./read-sales";
import { type DateRange, MAX_DAYS, revenueOf } from "./sales-range";
import { addDays } from "./store-day";

/** The query of `GET /api/admin/reports/sales`. */
export const salesReportQuerySchema = z.strictObject({
  from: dateInputSchema.describe("The first day, in the store's time zone."),
  to: dateInputSchema.describe("The last day, at most a year later."),
  format: z.enum(["json", "csv"]).default("json"),
  ...csvFormat,
});

const { orders, totals, bestSellers, runningOut } = dailyReportSchema.shape;

/** The sales of a range of days, with one total for each currency. */
export const salesReportSchema = z.strictObject({
  ...{ from: z.iso.date(), to: z.iso.date(), timeZone: z.string() },
  orders,
  totals,
  /** Each day of the range in each currency with sales: the orders confirmed, and their total minus the refunds made. */
  days: z.array(z.strictObject({ date: z.iso.date(), orders: z.int(), net: moneySchema })),
  /** By units, a hundred at most; at the prices paid for the items, before coupons. */
  products: bestSellers,
  /** Now: sold out, few left, or fewer than were sold in seven days. */
  lowStock: runningOut,
});

export type SalesReport = z.output<typeof salesReportSchema>;

/** The products in a report of a range. */
const MAX_PRODUCTS = 100;

/** Returns the figures of a range of days. @throws AppError `validation_failed` (422) for a range that is no range or too long */
export async function readSalesReport(range: DateRange): Promise<SalesReport> {
  checkRange(range);
  const timeZone = storeEnv().STORE_TIME_ZONE;
  const period = await readPeriod(range.from, range.to, MAX_PRODUCTS);
  const { days: sales, bestSellers: products, runningOut: lowStock, ...figures } = period;
  const days = revenueOf(range, sales).flatMap(({ currency, days }) =>
    days.map(({ date, orders, net: amount }) => ({ date, orders, net: { amount, currency } })),
  );
  return { from: range.from, to: range.to, timeZone, ...figures, days, products, lowStock };
}

function checkRange({ from, to }: DateRange): void {
  if (to < from) throw invalid("The range is not valid.", [{ path: "to", message: `must be ${from} or later` }]);
  const last = addDays(from, MAX_DAYS - 1);
  if (to > last) throw invalid("The range is too long.", [{ path: "to", message: `must be ${last} or earlier` }]);
}

/** Returns the report as CSV, one row for each figure. Amounts are decimal: 12.50. Pure. */
export function salesReportCsv({ orders, totals, days, products, lowStock }: SalesReport, format: CsvFormat = {}) {
  const row = (section: string, item: string, name: string, quantity: number | null, money?: Money) =>
    csvLine([section, item, name, quantity, money && typedAmount(money), money?.currency], format);
  return [
    csvStart(format),
    csvLine(["section", "item", "name", "quantity", "amount", "currency"], format),
    ...ORDER_COUNTS.map((state) => row("orders", state, "", orders[state])),
    ...totals.flatMap((total) => TOTALS.map((kind) => row("totals", kind, "", null, total[kind]))),
    ...days.map(({ date, orders, net }) => row("days", date, "", orders, net)),
    ...products.map(({ sku, name, units, revenue }) => row("products", sku, name, units, revenue)),
    ...lowStock.flatMap(({ sku, name, available, soldInWeek }) => [
      row("low_stock", sku, name, available),
      row("sold_in_7_days", sku, name, soldInWeek),
    ]),
  ].join("");
}
