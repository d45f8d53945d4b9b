import { BarsChart } from "@/app/ui/charts";
import { Badge, Card, Empty, PageContent, Stat } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import { longDay, shortDay } from "@/app/ui/format-time";
import { SearchForm, Table } from "@/app/ui/list";
import { formatMoney } from "@/lib/money";
import { listReports, reportQuerySchema, viewReport } from "@/lib/reports/daily-report";
import { consolePage } from "../console-page";

export const metadata = { title: "Reports" };

export default consolePage<"date">(async ({ date: requested }) => {
  const query = reportQuerySchema
    .catch({ format: "json", bom: false, separator: "comma" })
    .parse({ date: requested || undefined });
  const [{ report, final }, reports] = await Promise.all([
    viewReport(query.date).catch(() => viewReport()),
    listReports(30),
  ]);
  const { date, orders, totals, bestSellers, runningOut } = report;
  return (
    <PageContent title={`Report of ${longDay(date)}`} beside={final ? null : <Badge tone="warn">preliminary</Badge>}>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <SearchForm path="/console/reports">
          <TextField defaultValue={date} label={`Day (${report.timeZone})`} name="date" type="date" />
        </SearchForm>
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
        <Card title="Net revenue by day">
          <BarsChart
            points={reports.map(({ day, net }) => ({ label: shortDay(day), value: net.amount }))}
            title="Net revenue"
            unit={{ currency: reports[0]?.net.currency ?? "EUR" }}
          />
        </Card>
      ) : null}
      {bestSellers.length > 0 ? (
        <Card title="Best sellers">
          <BarsChart points={bestSellers.map(({ sku, units }) => ({ label: sku, value: units }))} title="Units sold" />
        </Card>
      ) : (
        <Empty title="No sales on this day">Choose another day above.</Empty>
      )}
      <Table
        title="Low stock"
        columns={(column) => [
          column("Product", ({ name }) => name),
          column("SKU", ({ sku }) => sku),
          column("Available", ({ available }) => available),
          column("Sold in 7 days", ({ soldInWeek }) => soldInWeek),
        ]}
        rows={runningOut}
      />
    </PageContent>
  );
});
