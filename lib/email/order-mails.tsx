import type { ReactElement } from "react";
import { formatMoney, type Money } from "../money";
import type { FailureReason } from "../orders/state";
import { Action, Layout, Lines, Paragraph } from "./layout";

/** What a mail about an order shows of it. */
export interface MailOrder {
  number: string;
  name: string | null;
  total: Money;
  /** What a coupon has taken off. */
  discount?: { code: string; amount: Money };
  lines: { name: string; quantity: number; total: Money }[];
  statusUrl: string;
}

/** A text file that comes with a mail. */
export interface Attachment {
  filename: string;
  content: string;
}

export interface Composed {
  subject: string;
  body: ReactElement;
  attachments?: Attachment[];
}

export const greeting = ({ name }: MailOrder) => (name ? `Hello ${name},` : "Hello,");

function Items({ order }: { order: MailOrder }) {
  const rows = order.lines.map(({ name, quantity, total }) => ({
    label: `${quantity} × ${name}`,
    amount: formatMoney(total),
  }));
  if (order.discount)
    rows.push({ label: `Coupon ${order.discount.code}`, amount: `−${formatMoney(order.discount.amount)}` });
  return <Lines rows={rows} total={formatMoney(order.total)} />;
}

export function orderConfirmed(order: MailOrder): Composed {
  return {
    subject: `Order ${order.number} is confirmed`,
    body: (
      <Layout
        preview={`We have your payment of ${formatMoney(order.total)}.`}
        title={`Thank you. Order ${order.number} is confirmed.`}
      >
        <Paragraph>{greeting(order)}</Paragraph>
        <Paragraph>
          your payment has arrived and everything you ordered is set aside for you. We will write again when it is on
          its way.
        </Paragraph>
        <Items order={order} />
        <Action href={order.statusUrl}>Follow your order</Action>
      </Layout>
    ),
  };
}

const EXPLANATIONS: Record<FailureReason, string> = {
  out_of_stock: "someone was faster: what you ordered has just sold out. You were not charged.",
  payment_declined:
    "your bank declined the payment. You were not charged, and we have put the items back on the shelf.",
  authentication_failed: "the payment could not be authenticated with your bank. You were not charged.",
  payment_expired:
    "the payment was not completed in time, so we have put the items back on the shelf. You were not charged.",
  invalid_payment_method: "the card could not be used. You were not charged.",
  payment_unavailable: "the payment could not be made. You were not charged.",
  fulfilment_failed:
    "something on our side kept your order from going through. Whatever was charged is on its way back to you in full.",
  stock_lost: "what you ordered is no longer there. Your money is on its way back to you in full.",
  expired:
    "your order took too long to go through, and we have ended it. Whatever was charged is on its way back to you.",
};

export function orderFailed(order: MailOrder, reason: FailureReason, again: boolean): Composed {
  return {
    subject: `Order ${order.number} could not be completed`,
    body: (
      <Layout preview={EXPLANATIONS[reason]} title={`Order ${order.number} could not be completed`}>
        <Paragraph>{greeting(order)}</Paragraph>
        <Paragraph>{EXPLANATIONS[reason]}</Paragraph>
        <Items order={order} />
        {again ? <Paragraph>You can pay with another card, and the order goes on from there.</Paragraph> : null}
        <Action href={order.statusUrl}>{again ? "Try again" : "See your order"}</Action>
      </Layout>
    ),
  };
}

/** `reason` as the order has it: a customer who did not cancel wants to know why. */
export function orderCancelled(order: MailOrder, reason: string | null): Composed {
  const byUs = reason === "review_rejected" || reason === "review_expired";
  return {
    subject: `Order ${order.number} is cancelled`,
    body: (
      <Layout preview="Nothing more will be charged." title={`Order ${order.number} is cancelled`}>
        <Paragraph>{greeting(order)}</Paragraph>
        <Paragraph>
          {byUs ? "we are sorry: we could not accept your order, and had to cancel it. " : "your order is cancelled. "}
          Nothing more will be charged, and whatever was is on its way back to you in full.
        </Paragraph>
        <Items order={order} />
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

export function refundMade(order: MailOrder, amount: Money): Composed {
  return {
    subject: `We have sent ${formatMoney(amount)} back to you`,
    body: (
      <Layout
        preview={`A refund for order ${order.number}.`}
        title={`${formatMoney(amount)} is on its way back to you`}
      >
        <Paragraph>{greeting(order)}</Paragraph>
        <Paragraph>
          we have refunded {formatMoney(amount)} of order {order.number} to the card it was paid with. Banks take five
          to ten days to show it.
        </Paragraph>
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}
