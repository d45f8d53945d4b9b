import { HOUR, now } from "../clock";
import { moment } from "../email/dates";
import { Layout } from "../email/layout";
import { Action, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";

export interface HighValueOrder {
  number: string;
  total: Money;
  customer: string;
  /** How long it waits for a decision; nothing waits when it is missing. */
  holdHours?: number;
  /** The order in the console. */
  url: string;
}

const some = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** To managers: the time to release or reject an order is running out. */
export function holdRunsOut({ number, total, customer, url, dueAt }: HighValueOrder & { dueAt: Date }): Composed {
  const holdHours = (dueAt.getTime() - now().getTime()) / HOUR;
  const left =
    holdHours < 2 ? some(Math.max(1, Math.round(holdHours * 60)), "minute") : some(Math.round(holdHours), "hour");
  return {
    subject: `Order ${number} is cancelled in ${left} unless you release it`,
    body: (
      <Layout
        preview={`${customer} has paid ${formatMoney(total)}.`}
        reason="You get this email because you look after this shop's orders."
        title={`${left} left for order ${number}`}
        toStaff
      >
        <Paragraph>
          {customer} has paid {formatMoney(total)}, and nobody has released the order or rejected it yet. Left alone, it
          is cancelled on {moment(dueAt)}, and the money goes back.
        </Paragraph>
        <Action href={url}>Open the order</Action>
      </Layout>
    ),
  };
}

/** To managers: an order of high value has come in. */
export function highValueOrder({ number, total, customer, holdHours, url }: HighValueOrder): Composed {
  const amount = formatMoney(total);
  const held = holdHours !== undefined;
  return {
    subject: `Order ${number}, ${amount}: ${held ? "waits for your decision" : "has come in"}`,
    body: (
      <Layout
        preview={`From ${customer}.`}
        reason="You get this email because you look after this shop's orders."
        title={held ? `Release or reject order ${number}` : `Order ${number} is of high value`}
        toStaff
      >
        <Paragraph>
          {customer} has ordered for {amount}.
        </Paragraph>
        {held ? (
          <Paragraph>
            It is charged and its goods are set aside, and it goes no further before a manager has released it. If it is
            rejected, or nobody decides within {some(holdHours, "hour")}, it is cancelled and the money goes back.
          </Paragraph>
        ) : (
          <Paragraph>
            Nothing waits for you: it goes on by itself. You may want to look at it before it ships.
          </Paragraph>
        )}
        <Action href={url}>Open the order</Action>
      </Layout>
    ),
  };
}
