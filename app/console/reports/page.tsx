import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { BarsChart } from "@/app/ui/charts";
import { TextField } from "@/app/ui/field";
import { longDay, shortDay } from "@/app/ui/format-time";
import { Badge, Card, Empty, Stat } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { formatMoney } from "@/lib/money";
import { listReports, reportQuerySchema, viewReport } from "@/lib/reports/daily-report";

export const metadata = { title: "Reports" };

export default async function ReportsPage({ searchParams }: PageQuery<"date">) {
  await requireOperator();
  const requested = reportQuerySchema
    .catch({ format: "json", bom: false, separator: "comma" })
    .parse({ ...((await searchParams).date && { date: (await searchParams).date }) });
  const [{ report, final }, reports] = await Promise.all([
    viewReport(requested.date).catch(() => viewReport()),
    listReports(30),
  ]);
  const { date, orders, totals, bestSellers, runningOut } = report;
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-3">
        <h1>Report of {longDay(date)}</h1>
        {final ? null : <Badge tone="warn">preliminary</Badge>}
      </div>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <form action="/console/reports" className="flex flex-wrap items-end gap-3">
          <TextField defaultValue={date} label={`Day (${report.timeZone})`} name="date" type="date" />
          <Button kind="quiet" type="submit">
            Show
          </Button>
        </form>
        <a
          className="inline-flex min-h-11 items-center text-accent underline"
          href={`/api/admin/reports/daily?date=${date}&format=csv&bom=true`}
        >
          Export as CSV
        </a>
      </div>
      <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
        {(["placed", "confirmed", "failed", "cancelled"] as const).map((name) => (
          <Stat key={name} label={`Orders ${name}`} value={String(orders[name])} />
        ))}
        {totals.map(({ revenue, refunds, net }) => (
          <div className="col-span-2 grid" key={revenue.currency}>
            <Stat
              label="Net revenue"
              note={`${formatMoney(revenue)} less ${formatMoney(refunds)} refunded`}
              value={formatMoney(net)}
            />
          </div>
        ))}
      </div>
      {reports.length > 1 ? (
        <Card>
          <h2 className="mb-4">Net revenue by day</h2>
          <BarsChart
            points={reports.map(({ day, net }) => ({ label: shortDay(day), value: net.amount }))}
            title="Net revenue"
            unit={{ currency: reports[0]?.net.currency ?? "EUR" }}
          />
        </Card>
      ) : null}
      {bestSellers.length > 0 ? (
        <Card>
          <h2 className="mb-4">Best sellers</h2>
          <BarsChart points={bestSellers.map(({ sku, units }) => ({ label: sku, value: units }))} title="Units sold" />
        </Card>
      ) : (
        <Empty title="No sales on this day">Choose another day above.</Empty>
      )}
      {runningOut.length > 0 ? (
        <Table
          title="Low stock"
          columns={(column) => [
            column("Product", ({ name }) => name),
            column("SKU", ({ sku }) => sku),
            column("Available", ({ available }) => available),
            column("Sold in 7 days", ({ soldInWeek }) => soldInWeek),
          ]}
          keyOf={({ productId }) => productId}
          rows={runningOut}
        />
      ) : null}
    </div>
  );
}
