import { composeEmail } from "../email/compose-email";
import { Paragraph, type Row, Rows, Subtitle } from "../email/parts";
import type { Composed } from "../email/render-email";
import { appEnv } from "../env";
import { formatMoney } from "../money";
import type { DailyReport } from "./read-sales";

const orders = (count: number) => `${count} ${count === 1 ? "order" : "orders"}`;

/** The email to the operators with the figures of a day. */
export function dailyReportEmail({ date, timeZone, orders: counts, ...report }: DailyReport): Composed {
  const revenue = report.totals.map(({ revenue }) => formatMoney(revenue)).join(" + ") || "nothing";
  const { placed, confirmed, failed, cancelled } = counts;
  return composeEmail(
    {
      subject: `Sales on ${date}: ${orders(confirmed)}, ${revenue}`,
      title: `Sales on ${date}`,
      preview: `${orders(placed)} placed, ${confirmed} confirmed.`,
      reason: `You get this email because you operate this shop. The day is that of ${timeZone}.`,
      ...{ action: "See all reports", href: `${appEnv().APP_URL}/console/reports`, toStaff: true },
    },
    `${orders(placed)} placed, ${confirmed} confirmed, ${failed} failed, ${cancelled} cancelled.`,
    ...report.totals.map(({ revenue, refunds, net }) => (
      <Rows
        key={revenue.currency}
        rows={[
          { label: "Revenue", value: formatMoney(revenue) },
          { label: "Refunds", value: formatMoney(refunds) },
          { label: "Net", value: formatMoney(net) },
        ]}
      />
    )),
    list(
      "Best sellers",
      "Nothing was sold.",
      report.bestSellers.map(({ sku, name, units, revenue }) => ({
        label: `${units} × ${name} (${sku})`,
        value: formatMoney(revenue),
      })),
    ),
    list(
      "Running out",
      "Nothing is running out.",
      report.runningOut.map(({ sku, name, available }) => ({
        label: `${name} (${sku})`,
        value: available === 0 ? "sold out" : `${available} left`,
      })),
    ),
    "The figures are attached as a CSV file, too.",
  );
}

const list = (title: string, none: string, rows: Row[]) => (
  <>
    <Subtitle>{title}</Subtitle>
    {rows.length === 0 ? <Paragraph>{none}</Paragraph> : <Rows rows={rows} />}
  </>
);
