import { BarsChart } from "@/app/ui/charts";
import { Card, Stat } from "@/app/ui/display";
import { shortDay } from "@/app/ui/format-time";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { formatMoney } from "@/lib/money";
import type { readRange, SalesFigures } from "@/lib/reports/sales-range";
import { conversion } from "../conversion";
import { RangeChoice, rangeText } from "../range-choice";

type Range = ReturnType<typeof readRange>;

/** The sales of a range: figures beside those of the range before, revenue and orders by day, and the best products. */
export function Sales({ figures, range }: { figures: SalesFigures; range: Range }) {
  const { revenue, orders, previousOrders, bestSellers } = figures;
  const several = range.from !== range.to;
  return (
    <section className="grid gap-4">
      <h2>Sales, {rangeText(range)}</h2>
      <RangeChoice path="/console" range={range} />
      <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
        {revenue.map(({ currency, net, previous }) => (
          <Stat
            key={currency}
            label="Net revenue"
            note={`${change(net, previous)} ${formatMoney({ amount: previous, currency })} before`}
            value={formatMoney({ amount: net, currency })}
          />
        ))}
        <Stat
          label="Orders confirmed"
          note={`${change(orders.confirmed, previousOrders.confirmed)} ${previousOrders.confirmed} before`}
          value={String(orders.confirmed)}
        />
        <Stat
          label="Orders placed"
          note={`${change(orders.placed, previousOrders.placed)} ${previousOrders.placed} before`}
          value={String(orders.placed)}
        />
        <Stat
          label="Conversion"
          note={`of placed orders confirmed, ${conversion(previousOrders)} before`}
          value={conversion(orders)}
        />
      </div>
      {several ? (
        <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
          {revenue.map(({ currency, days }) => (
            <Card key={currency} title={`Net revenue in ${currency} by day`}>
              <BarsChart
                points={days.map(({ date, net }) => ({ label: shortDay(date), value: net }))}
                title={`Net revenue in ${currency} by day`}
                unit={{ currency }}
              />
            </Card>
          ))}
          <Card title="Orders confirmed by day">
            <BarsChart points={ordersByDay(revenue)} title="Orders confirmed by day" />
          </Card>
        </div>
      ) : null}
      <Table
        title="Top products"
        columns={(column) => [
          column("Product", ({ productId, name }) => (
            <TextLink href={`/console/products/${productId}`}>{name}</TextLink>
          )),
          column("SKU", ({ sku }) => sku),
          column("Units", ({ units }) => units),
          column("Revenue before coupons", ({ revenue, currency }) => formatMoney({ amount: revenue, currency })),
        ]}
        rows={bestSellers}
        empty={<p className="text-muted">No sales in this range. Choose a longer one above.</p>}
      />
    </section>
  );
}

/** Returns the change against the range before as a sign and a percentage. */
function change(value: number, before: number): string {
  if (value === before) return "Same as";
  if (before <= 0) return value > before ? "▲ from" : "▼ from";
  const percent = Math.round((100 * Math.abs(value - before)) / before);
  return `${value > before ? "▲" : "▼"} ${percent} % from`;
}

function ordersByDay(revenue: SalesFigures["revenue"]): { label: string; value: number }[] {
  const days = revenue[0]?.days ?? [];
  return days.map(({ date }, index) => ({
    label: shortDay(date),
    value: revenue.reduce((sum, one) => sum + (one.days[index]?.orders ?? 0), 0),
  }));
}
