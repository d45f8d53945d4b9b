import { Layout } from "../email/layout";
import { Action, Bullets, CustomerText, Greeting, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";
import { type FailureReason, RETRY_WINDOW_DAYS } from "../order-state/status";
import type { ShipmentDetails } from "../shipping/view-shipment";

/** An order as its emails show it. */
export interface EmailOrder {
  number: string;
  /** The customer's name. Null unless the recipient has typed it: anybody can order with the address of another person. */
  name: string | null;
  total: Money;
  /** The discount of a coupon. */
  discount?: { code: string; amount: Money };
  lines: { name: string; quantity: number; total: Money }[];
  /** The lines of the shipping address. */
  address?: string[];
  statusUrl: string;
}

function Items({ order }: { order: EmailOrder }) {
  const rows = order.lines.map(({ name, quantity, total }) => ({
    label: `${quantity} × ${name}`,
    value: formatMoney(total),
  }));
  if (order.discount)
    rows.push({ label: `Coupon ${order.discount.code}`, value: `−${formatMoney(order.discount.amount)}` });
  return <Rows rows={rows} total={formatMoney(order.total)} />;
}

export function orderConfirmed(order: EmailOrder): Composed {
  return {
    subject: `Order ${order.number} is confirmed`,
    body: (
      <Layout
        preview={`We have your payment of ${formatMoney(order.total)}, and your items are reserved.`}
        title={`Thank you. Order ${order.number} is confirmed.`}
      >
        <Greeting name={order.name} />
        <Paragraph>
          We have received your payment, and your items are reserved. We will email you again when they ship.
        </Paragraph>
        <Items order={order} />
        {order.address ? (
          <>
            <Paragraph>Shipping address, as it was entered:</Paragraph>
            <CustomerText>{order.address.join("\n")}</CustomerText>
          </>
        ) : null}
        <Action href={order.statusUrl}>View your order</Action>
      </Layout>
    ),
  };
}

const EXPLANATIONS: Record<FailureReason, string> = {
  out_of_stock: "What you ordered has just sold out. You were not charged.",
  payment_declined: "Your bank declined the payment. You were not charged, and your items are no longer reserved.",
  authentication_failed: "The payment could not be authenticated with your bank. You were not charged.",
  payment_expired: "The payment was not completed in time, so your items are no longer reserved. You were not charged.",
  invalid_payment_method: "The card could not be used. You were not charged.",
  payment_unavailable: "The payment could not be made. You were not charged.",
  fulfilment_failed: "An error on our side has stopped your order. We refund any charge in full.",
  stock_lost: "What you ordered is no longer in stock. We refund your payment in full.",
  expired: "Your order took too long, and we have cancelled it. We refund any charge in full.",
};

export function orderFailed(order: EmailOrder, reason: FailureReason, again: boolean): Composed {
  return {
    subject: `Order ${order.number} could not be completed`,
    body: (
      <Layout preview={EXPLANATIONS[reason]} title={`Order ${order.number} could not be completed`}>
        <Greeting name={order.name} />
        <Paragraph>{EXPLANATIONS[reason]}</Paragraph>
        <Items order={order} />
        {again ? (
          <Paragraph>You can pay again within {RETRY_WINDOW_DAYS} days, with this card or another one.</Paragraph>
        ) : null}
        <Action href={order.statusUrl}>{again ? "Try again" : "See your order"}</Action>
      </Layout>
    ),
  };
}

/** The email to the current address of an order whose details were corrected. */
export function orderCorrected(order: EmailOrder): Composed {
  return {
    subject: `Order ${order.number} was corrected`,
    body: (
      <Layout preview="This is how it ships." title={`Order ${order.number} was corrected`}>
        <Greeting name={order.name} />
        <Paragraph>The details of your order were corrected. If it was not you, answer this email at once.</Paragraph>
        {order.address ? (
          <>
            <Paragraph>Shipping address, as it was entered:</Paragraph>
            <CustomerText>{order.address.join("\n")}</CustomerText>
          </>
        ) : null}
        <Items order={order} />
        <Action href={order.statusUrl}>View your order</Action>
      </Layout>
    ),
  };
}

/** The email to the former address of an order. It has no link to the order: the address may be a stranger's. */
export function orderMoved(number: string): Composed {
  return {
    subject: `Order ${number} has another email address`,
    body: (
      <Layout preview="You get no more emails about it." title={`Order ${number} has another email address`}>
        <Greeting name={null} />
        <Paragraph>
          This address was replaced in order {number}, so you get no more emails about it, and earlier links no longer
          work. If it is your order and it was not you, answer this email at once.
        </Paragraph>
      </Layout>
    ),
  };
}

/** `reason` is the order's end reason. A customer who did not cancel reads why. */
export function orderCancelled(order: EmailOrder, reason: string | null): Composed {
  const byUs = reason === "review_rejected" || reason === "review_expired";
  return {
    subject: `Order ${order.number} is cancelled`,
    body: (
      <Layout
        preview={byUs ? "We are sorry: we could not accept it." : "Nothing more will be charged."}
        title={`Order ${order.number} is cancelled`}
      >
        <Greeting name={order.name} />
        <Paragraph>
          {byUs ? "We are sorry: we could not accept your order, and had to cancel it." : "Your order is cancelled."}{" "}
          Nothing more will be charged. If you have paid already, we refund your payment in full, and will email you
          when the refund is sent.
        </Paragraph>
        <Items order={order} />
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

export function refundMade(order: EmailOrder, amount: Money): Composed {
  const money = formatMoney(amount);
  return {
    subject: `We have sent ${money} back to you`,
    body: (
      <Layout
        preview={`For order ${order.number}. Banks take five to ten days to show it.`}
        title={`${money} is on its way back to you`}
      >
        <Greeting name={order.name} />
        <Paragraph>
          We have refunded {money} of order {order.number} to the card it was paid with. Banks take five to ten days to
          show it.
        </Paragraph>
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

/** A shipment as an email shows it: with the names of its items. */
export interface EmailShipment extends Omit<ShipmentDetails, "items"> {
  items: { name: string; quantity: number }[];
  /** Nothing is left to ship after it. */
  complete: boolean;
}

export function orderDelivered(order: EmailOrder): Composed {
  const what = `Order ${order.number} has arrived`;
  return {
    subject: what,
    body: (
      <Layout preview="Everything you ordered has been delivered." title={what}>
        <Greeting name={order.name} />
        <Paragraph>Everything you ordered has been delivered:</Paragraph>
        <Bullets items={order.lines.map(({ name, quantity }) => `${quantity} × ${name}`)} />
        <Paragraph>If something is missing or broken, answer this email, and we will help.</Paragraph>
        <Action href={order.statusUrl}>See your order</Action>
      </Layout>
    ),
  };
}

export function shipmentSent(order: EmailOrder, shipment: EmailShipment): Composed {
  const what = shipment.complete
    ? `Order ${order.number} is on its way`
    : `A part of order ${order.number} is on its way`;
  return {
    subject: what,
    body: (
      <Layout preview={`With ${shipment.carrier}, tracking number ${shipment.trackingNumber}.`} title={what}>
        <Greeting name={order.name} />
        <Paragraph>
          {shipment.complete
            ? "Your parcel has left our warehouse."
            : "A parcel has left our warehouse. We will email you again when the rest ships."}{" "}
          Carrier: {shipment.carrier}, tracking number {shipment.trackingNumber}. Contents:
        </Paragraph>
        <Bullets items={shipment.items.map(({ name, quantity }) => `${quantity} × ${name}`)} />
        {order.address ? (
          <>
            <Paragraph>Shipping address, as it was entered:</Paragraph>
            <CustomerText>{order.address.join("\n")}</CustomerText>
          </>
        ) : null}
        <Action href={shipment.trackingUrl ?? order.statusUrl}>
          {shipment.trackingUrl ? "Track your parcel" : "See your order"}
        </Action>
      </Layout>
    ),
  };
}
