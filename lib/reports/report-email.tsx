import { Layout } from "../email/layout";
import { Action, Paragraph, type Row, Rows, Subtitle } from "../email/parts";
import type { Composed } from "../email/render-email";
import { appEnv } from "../env";
import { formatMoney } from "../money";
import type { DailyReport } from "./read-sales";

const orders = (count: number) => `${count} ${count === 1 ? "order" : "orders"}`;

/** The email to the operators with the figures of a day. */
export function dailyReportEmail({ date, timeZone, orders: counts, ...report }: DailyReport): Composed {
  const revenue = report.totals.map(({ revenue }) => formatMoney(revenue)).join(" + ") || "nothing";
  const { placed, confirmed, failed, cancelled } = counts;
  return {
    subject: `Sales on ${date}: ${orders(confirmed)}, ${revenue}`,
    body: (
      <Layout
        preview={`${orders(placed)} placed, ${confirmed} confirmed.`}
        title={`Sales on ${date}`}
        reason={`You get this email because you operate this shop. The day is that of ${timeZone}.`}
        toStaff
      >
        <Paragraph>
          {orders(placed)} placed, {confirmed} confirmed, {failed} failed, {cancelled} cancelled.
        </Paragraph>
        {report.totals.map(({ revenue, refunds, net }) => (
          <Rows
            key={revenue.currency}
            rows={[
              { label: "Revenue", value: formatMoney(revenue) },
              { label: "Refunds", value: formatMoney(refunds) },
              { label: "Net", value: formatMoney(net) },
            ]}
          />
        ))}
        <List
          none="Nothing was sold."
          rows={report.bestSellers.map(({ sku, name, units, revenue }) => ({
            label: `${units} × ${name} (${sku})`,
            value: formatMoney(revenue),
          }))}
          title="Best sellers"
        />
        <List
          none="Nothing is running out."
          rows={report.runningOut.map(({ sku, name, available }) => ({
            label: `${name} (${sku})`,
            value: available === 0 ? "sold out" : `${available} left`,
          }))}
          title="Running out"
        />
        <Paragraph>The figures are attached as a CSV file, too.</Paragraph>
        <Action href={`${appEnv().APP_URL}/console/reports`}>See all reports</Action>
      </Layout>
    ),
  };
}

function List({ title, none, rows }: { title: string; none: string; rows: Row[] }) {
  return (
    <>
      <Subtitle>{title}</Subtitle>
      {rows.length === 0 ? <Paragraph>{none}</Paragraph> : <Rows rows={rows} />}
    </>
  );
}
