import { formatMoney } from "../money";
import type { DailyReport } from "../reports/read-sales";
import { Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

/** To the operators: yesterday in figures; the table comes with it. */
export function dailyReportMail(report: DailyReport): Composed {
  const { date, orders, totals, bestSellers, runningOut } = report;
  const revenue = totals.map(({ revenue }) => formatMoney(revenue)).join(" + ") || "nothing";
  return {
    subject: `Sales on ${date}: ${orders.confirmed} orders, ${revenue}`,
    body: (
      <Layout
        preview={`${orders.placed} orders placed, ${orders.confirmed} confirmed.`}
        title={`Sales on ${date}`}
        reason={`You get this mail because you operate this shop. The day is that of ${report.timeZone}.`}
      >
        <Paragraph>
          {orders.placed} orders placed, {orders.confirmed} confirmed, {orders.failed} failed, {orders.cancelled}{" "}
          cancelled.
        </Paragraph>
        {totals.map(({ revenue, refunds, net }) => (
          <Paragraph key={revenue.currency}>
            Revenue {formatMoney(revenue)}, refunds {formatMoney(refunds)}, net {formatMoney(net)}.
          </Paragraph>
        ))}
        <List title="Best sellers" none="Nothing was sold.">
          {bestSellers.map(({ sku, name, units, revenue }) => `${units} × ${name} (${sku}), ${formatMoney(revenue)}`)}
        </List>
        <List title="Running out" none="Nothing is running out.">
          {runningOut.map(
            ({ sku, name, available }) => `${name} (${sku}): ${available === 0 ? "sold out" : `${available} left`}`,
          )}
        </List>
      </Layout>
    ),
  };
}

function List({ title, none, children }: { title: string; none: string; children: string[] }) {
  return (
    <>
      <Paragraph>
        <strong>{title}</strong>
      </Paragraph>
      {children.length === 0 ? (
        <Paragraph>{none}</Paragraph>
      ) : (
        <ul style={{ fontSize: 15, lineHeight: "23px", margin: "0 0 14px", paddingLeft: 22 }}>
          {children.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}
