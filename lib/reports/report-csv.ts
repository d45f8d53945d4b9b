import { csvLine } from "../csv";
import type { Money } from "../money";
import type { DailyReport } from "./read-sales";

/** Returns the report as CSV, one row for each figure. Amounts are in minor units. Pure. */
export function reportCsv(report: DailyReport): string {
  const { date, orders, totals, bestSellers, runningOut } = report;
  const row = (section: string, item: string, name: string, quantity: number | null, money?: Money) =>
    csvLine([date, section, item, name, quantity, money?.amount, money?.currency]);
  return [
    csvLine(["date", "section", "item", "name", "quantity", "amount_minor_units", "currency"]),
    ...Object.entries(orders).map(([state, count]) => row("orders", state, "", count)),
    ...totals.flatMap((total) => Object.entries(total).map(([kind, money]) => row("totals", kind, "", null, money))),
    ...bestSellers.map(({ sku, name, units, revenue }) => row("best_sellers", sku, name, units, revenue)),
    ...runningOut.map(({ sku, name, available }) => row("running_out", sku, name, available)),
  ].join("");
}
