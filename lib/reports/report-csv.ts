import { type CsvFormat, csvLine, csvStart } from "../csv";
import type { Money } from "../money";
import type { DailyReport } from "./read-sales";

const STATES = ["placed", "confirmed", "failed", "cancelled"] as const;
const KINDS = ["revenue", "refunds", "net"] as const;

/** Returns the report as CSV, one row for each figure. Amounts are in minor units. Pure. */
export function reportCsv(report: DailyReport, format: CsvFormat = {}): string {
  const { date, orders, totals, bestSellers, runningOut } = report;
  const row = (section: string, item: string, name: string, quantity: number | null, money?: Money) =>
    csvLine([date, section, item, name, quantity, money?.amount, money?.currency], format);
  return [
    csvStart(format),
    csvLine(["date", "section", "item", "name", "quantity", "amount_minor_units", "currency"], format),
    // A stored report has its keys in the order of PostgreSQL.
    ...STATES.map((state) => row("orders", state, "", orders[state])),
    ...totals.flatMap((total) => KINDS.map((kind) => row("totals", kind, "", null, total[kind]))),
    ...bestSellers.map(({ sku, name, units, revenue }) => row("best_sellers", sku, name, units, revenue)),
    ...runningOut.map(({ sku, name, available }) => row("running_out", sku, name, available)),
  ].join("");
}
