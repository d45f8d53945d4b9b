import { HOUR, now } from "../clock";
import { moment } from "../email/dates";
import { Layout } from "../email/layout";
import { Action, CustomerText, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";

export interface HighValueOrder {
  number: string;
  total: Money;
  /** The name and address of the customer, who has typed both. */
  customer: string;
  /** How many hours the order waits for a decision. It does not wait if missing. */
  holdHours?: number;
  /** The page of the order in the console. */
  url: string;
}

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** The email to managers before the time to release or reject an order is over. */
export function holdExpires({ number, total, customer, url, dueAt }: HighValueOrder & { dueAt: Date }): Composed {
  const holdHours = (dueAt.getTime() - now().getTime()) / HOUR;
  const left =
    holdHours < 2 ? plural(Math.max(1, Math.round(holdHours * 60)), "minute") : plural(Math.round(holdHours), "hour");
  return {
    subject: `Order ${number} is cancelled in ${left} unless you release it`,
    body: (
      <Layout
        preview={`The customer has paid ${formatMoney(total)}.`}
        reason="You get this email because you manage this shop's orders."
        title={`${left} left for order ${number}`}
        toStaff
      >
        <Paragraph>
          The customer has paid {formatMoney(total)}, and nobody has released or rejected the order yet. It is cancelled
          on {moment(dueAt)} unless you release it, and the money is refunded.
        </Paragraph>
        <CustomerText>{customer}</CustomerText>
        <Action href={url}>Open the order</Action>
      </Layout>
    ),
  };
}

/** The email to managers about a new order of high value. */
export function highValueOrder({ number, total, customer, holdHours, url }: HighValueOrder): Composed {
  const amount = formatMoney(total);
  const held = holdHours !== undefined;
  return {
    subject: `Order ${number}, ${amount}: ${held ? "waits for your decision" : "has come in"}`,
    body: (
      <Layout
        preview="Please check it before it ships."
        reason="You get this email because you manage this shop's orders."
        title={held ? `Release or reject order ${number}` : `Order ${number} is of high value`}
        toStaff
      >
        <Paragraph>A customer has ordered for {amount}:</Paragraph>
        <CustomerText>{customer}</CustomerText>
        {held ? (
          <Paragraph>
            The order is paid and its items are reserved. A manager must release it before it is confirmed. If it is
            rejected, or nobody decides within {plural(holdHours, "hour")}, it is cancelled and the money is refunded.
          </Paragraph>
        ) : (
          <Paragraph>The order does not wait for you. You can check it before it ships.</Paragraph>
        )}
        <Action href={url}>Open the order</Action>
      </Layout>
    ),
  };
}
