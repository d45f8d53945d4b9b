import { formatMoney, type Money } from "../money";
import { Action, Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

export interface HighValueOrder {
  number: string;
  total: Money;
  customer: string;
  /** How long it waits for a decision; nothing waits when it is missing. */
  holdHours?: number;
  /** The order in the console. */
  url: string;
}

/** To managers: the time to release or reject an order is running out. */
export function holdRunsOut({ number, total, customer, holdHours = 0, url }: HighValueOrder): Composed {
  const left = holdHours < 2 ? `${Math.round(holdHours * 60)} minutes` : `${Math.round(holdHours)} hours`;
  return {
    subject: `Order ${number} is cancelled in ${left} unless you release it`,
    body: (
      <Layout
        preview={`${customer} has paid ${formatMoney(total)}.`}
        reason="You get this mail because you look after this shop's orders."
        title={`${left} left for order ${number}`}
      >
        <Paragraph>
          {customer} has paid {formatMoney(total)}, and nobody has released the order or rejected it yet. Left alone, it
          is cancelled in {left} and the money goes back.
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
    subject: `Order ${number} over ${amount} ${held ? "waits for you" : "has come in"}`,
    body: (
      <Layout
        preview={`From ${customer}.`}
        reason="You get this mail because you look after this shop's orders."
        title={held ? `Release or reject order ${number}` : `Order ${number} is of high value`}
      >
        <Paragraph>
          {customer} has ordered for {amount}.
        </Paragraph>
        {held ? (
          <Paragraph>
            It is charged and its goods are set aside, and it goes no further before one of you has released it.
            Rejected, or left alone for {holdHours} hours, it is cancelled and the money goes back.
          </Paragraph>
        ) : (
          <Paragraph>It goes its way without you. Have a look before it ships.</Paragraph>
        )}
        <Action href={url}>Open the order</Action>
      </Layout>
    ),
  };
}
