import { DownloadLink } from "@/app/ui/button";
import { BarsChart } from "@/app/ui/charts";
import { Card, Empty, PageContent, Stat } from "@/app/ui/display";
import { shortDay } from "@/app/ui/format-time";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { formatMoney } from "@/lib/money";
import { readRange } from "@/lib/reports/sales-range";
import { readSalesReport, type SalesReport } from "@/lib/reports/sales-report";
import { consolePage } from "../console-page";
import { conversion } from "../conversion";
import { RangeChoice, rangeText } from "../range-choice";

export const metadata = { title: "Reports" };

/** The products in the chart. The table has all. */
const CHARTED_PRODUCTS = 10;

export default consolePage<"range" | "from" | "to">(async (query) => {
  const range = readRange(query);
  const report = await readSalesReport(range);
  const { from, to } = range;
  return (
    <PageContent
      title="Reports"
      beside={
        <DownloadLink className="ml-auto" href={`/api/admin/reports/sales?from=${from}&to=${to}&format=csv&bom=true`}>
          Export as CSV
        </DownloadLink>
      }
    >
      <p className="text-muted">
        {rangeText(range)}, by the calendar of {report.timeZone}
      </p>
      <RangeChoice path="/console/reports" range={range} />
      <Totals {...report} />
      <Days {...report} />
      <Products {...report} />
      <Table
        title="Low stock now"
        columns={(column) => [
          column("Product", ({ productId, name }) => (
            <TextLink href={`/console/products/${productId}`}>{name}</TextLink>
          )),
          column("SKU", ({ sku }) => sku),
          column("Available", ({ available }) => available),
          column("Sold in 7 days", ({ soldInWeek }) => soldInWeek),
        ]}
        rows={report.lowStock}
      />
    </PageContent>
  );
});

function Totals({ orders, totals }: SalesReport) {
  return (
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
      <div className="col-span-2 grid">
        <Stat label="Conversion" note="of placed orders confirmed" value={conversion(orders)} />
      </div>
    </div>
  );
}

/** Net revenue and orders by day, for each currency. A single day is in the totals. */
function Days({ from, to, days }: SalesReport) {
  const isEmpty = days.every(({ net, orders }) => net.amount === 0 && orders === 0);
  if (from === to || isEmpty) return null;
  const currencies = [...new Set(days.map(({ net }) => net.currency))];
  return (
    <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
      {currencies.map((currency) => {
        const own = days.filter(({ net }) => net.currency === currency);
        const [revenue, orders] = [`Net revenue in ${currency} by day`, `Orders confirmed by day, paid in ${currency}`];
        return (
          <div className="contents *:min-w-0" key={currency}>
            <Card title={revenue}>
              <BarsChart
                points={own.map(({ date, net }) => ({ label: shortDay(date), value: net.amount }))}
                title={revenue}
                unit={{ currency }}
              />
            </Card>
            <Card title={orders}>
              <BarsChart
                points={own.map(({ date, orders }) => ({ label: shortDay(date), value: orders }))}
                title={orders}
              />
            </Card>
          </div>
        );
      })}
    </div>
  );
}

function Products({ products }: SalesReport) {
  if (products.length === 0)
    return <Empty title="No sales in this range">Choose a longer range or other dates above.</Empty>;
  return (
    <>
      <Card title="Best sellers">
        <BarsChart
          points={products.slice(0, CHARTED_PRODUCTS).map(({ name, units }) => ({ label: name, value: units }))}
          sideways
          title="Units sold"
        />
      </Card>
      <Table
        title="Products sold"
        columns={(column) => [
          column("Product", ({ productId, name }) => (
            <TextLink href={`/console/products/${productId}`}>{name}</TextLink>
          )),
          column("SKU", ({ sku }) => sku),
          column("Units", ({ units }) => units),
          column("Revenue before coupons", ({ revenue }) => formatMoney(revenue)),
        ]}
        rows={products}
      />
    </>
  );
}
