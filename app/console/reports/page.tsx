import type { Metadata } from "next";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { BarsChart, TrendChart } from "@/app/ui/charts";
import { TextField } from "@/app/ui/field";
import { Badge, Card, Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { formatMoney } from "@/lib/money";
import { listReports, reportQuerySchema, viewReport } from "@/lib/reports/daily-report";

export const metadata: Metadata = { title: "Reports" };

export default async function ReportsPage({ searchParams }: { searchParams: Promise<{ date?: string }> }) {
  await requireOperator("/console/reports");
  const asked = reportQuerySchema
    .catch({ format: "json" })
    .parse({ ...((await searchParams).date && { date: (await searchParams).date }) });
  const [{ report, final }, kept] = await Promise.all([
    viewReport(asked.date).catch(() => viewReport()),
    listReports(30),
  ]);
  const { date, orders, totals, bestSellers, runningOut } = report;
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-3">
        <h1>{date}</h1>
        {final ? null : <Badge tone="warn">so far</Badge>}
        <a className="ml-auto text-accent underline" href={`/api/admin/reports/daily?date=${date}&format=csv`}>
          As CSV
        </a>
      </div>
      <form action="/console/reports" className="flex flex-wrap items-end gap-3">
        <TextField defaultValue={date} label={`Day (${report.timeZone})`} name="date" type="date" />
        <Button kind="quiet" type="submit">
          Show
        </Button>
      </form>
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {Object.entries(orders).map(([name, count]) => (
          <Card key={name}>
            <p className="text-muted text-sm">Orders {name}</p>
            <p className="font-semibold text-2xl tabular-nums">{count}</p>
          </Card>
        ))}
        {totals.map(({ revenue, refunds, net }) => (
          <Card className="col-span-2" key={revenue.currency}>
            <p className="text-muted text-sm">Net revenue</p>
            <p className="font-semibold text-2xl tabular-nums">{formatMoney(net)}</p>
            <p className="text-muted text-sm">
              {formatMoney(revenue)} less {formatMoney(refunds)} refunded
            </p>
          </Card>
        ))}
      </div>
      {kept.length > 1 ? (
        <Card>
          <h2 className="mb-4">Net revenue by day</h2>
          <TrendChart
            points={kept.map(({ day, net }) => ({ label: day.slice(5), value: net.amount }))}
            title="Net revenue"
            unit={{ currency: kept[0]?.net.currency ?? "EUR" }}
          />
        </Card>
      ) : null}
      {bestSellers.length > 0 ? (
        <Card>
          <h2 className="mb-4">Best sellers</h2>
          <BarsChart points={bestSellers.map(({ sku, units }) => ({ label: sku, value: units }))} title="Units sold" />
        </Card>
      ) : (
        <Empty title="Nothing was sold that day." />
      )}
      {runningOut.length > 0 ? (
        <Table
          caption="Stock running out"
          columns={[
            { head: "Product", cell: ({ name }) => name },
            { head: "SKU", cell: ({ sku }) => sku },
            { head: "Available", cell: ({ available }) => available, className: "tabular-nums" },
            { head: "Sold in a week", cell: ({ soldInWeek }) => soldInWeek, className: "tabular-nums" },
          ]}
          keyOf={({ productId }) => productId}
          rows={runningOut}
        />
      ) : null}
    </div>
  );
}
