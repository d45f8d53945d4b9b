import type { ReactNode } from "react";
import { composeEmail, type EmailContent } from "../email/compose-email";
import { Bullets, CustomerText, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";
import { FAILURE_SENTENCES } from "../order-state/failure-sentences";
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

function ShippingAddress({ order }: { order: EmailOrder }) {
  if (!order.address) return null;
  return (
    <>
      <Paragraph>Shipping address, as it was entered:</Paragraph>
      <CustomerText>{order.address.join("\n")}</CustomerText>
    </>
  );
}

const itemList = (items: { name: string; quantity: number }[]) => (
  <Bullets items={items.map(({ name, quantity }) => `${quantity} × ${name}`)} />
);

const orderEmail = (
  order: EmailOrder,
  content: Partial<EmailContent> & { subject: string; preview: string },
  ...parts: ReactNode[]
) => composeEmail({ name: order.name, action: "See your order", href: order.statusUrl, ...content }, ...parts);

export function orderConfirmed(order: EmailOrder): Composed {
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} is confirmed`,
      title: `Thank you. Order ${order.number} is confirmed.`,
      preview: `We have your payment of ${formatMoney(order.total)}, and your items are reserved.`,
      action: "View your order",
    },
    "We have received your payment, and your items are reserved. We will email you again when they ship.",
    <Items order={order} />,
    <ShippingAddress order={order} />,
  );
}

/** `decline`: a sentence about why the bank declined the payment. */
export function orderFailed(order: EmailOrder, reason: FailureReason, again: boolean, decline?: string): Composed {
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} could not be completed`,
      preview: FAILURE_SENTENCES[reason],
      action: again ? "Try again" : "See your order",
    },
    FAILURE_SENTENCES[reason],
    decline,
    <Items order={order} />,
    again && `You can pay again within ${RETRY_WINDOW_DAYS} days, with this card or another one.`,
  );
}

/** The email with the link to pay for an order that a storefront sent without a payment method. */
export function paymentRequest(order: EmailOrder): Composed {
  return orderEmail(
    order,
    { subject: `Please pay for order ${order.number}`, preview: "One step is left.", action: "Pay now" },
    "Your order waits for your payment. Your items can sell out until then. On the page of your order you can pay, or cancel the order.",
    <Items order={order} />,
    <ShippingAddress order={order} />,
  );
}

export function paymentReminder(order: EmailOrder): Composed {
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} waits for your payment`,
      preview: "Your bank has not confirmed the payment yet.",
      action: "Continue with the payment",
    },
    "Your bank has not confirmed the payment yet. Your items can sell out until then. On the page of your order you can continue with the payment, or cancel the order.",
    <Items order={order} />,
  );
}

/** The email to the current address of an order whose details were corrected. */
export const orderCorrected = (order: EmailOrder): Composed =>
  orderEmail(
    order,
    { subject: `Order ${order.number} was corrected`, preview: "This is how it ships.", action: "View your order" },
    "The details of your order were corrected. If it was not you, answer this email at once.",
    <ShippingAddress order={order} />,
    <Items order={order} />,
  );

/** The email to the former address of an order. It has no link to the order: the address may be a stranger's. */
export const orderMoved = (number: string): Composed =>
  composeEmail(
    { subject: `Order ${number} has another email address`, preview: "You get no more emails about it.", name: null },
    <Paragraph>
      This address was replaced in order {number}, so you get no more emails about it, and earlier links no longer work.
      If it is your order and it was not you, answer this email at once.
    </Paragraph>,
  );

/** `reason` is the order's end reason. A customer who did not cancel reads why. */
export function orderCancelled(order: EmailOrder, reason: string | null): Composed {
  const byUs = reason === "review_rejected" || reason === "review_expired";
  const replaced = reason === "replaced";
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} is cancelled`,
      preview: byUs ? "We are sorry: we could not accept it." : "Nothing more will be charged.",
    },
    <Paragraph>
      {byUs ? "We are sorry: we could not accept your order, and had to cancel it." : "Your order is cancelled."}{" "}
      {replaced && "You have placed it again, and your new order takes its place. "}
      Nothing more will be charged. If you have paid already, we refund your payment in full, and will email you when
      the refund is sent.
    </Paragraph>,
    <Items order={order} />,
  );
}

export function refundMade(order: EmailOrder, amount: Money): Composed {
  const money = formatMoney(amount);
  return orderEmail(
    order,
    {
      subject: `We have sent ${money} back to you`,
      title: `${money} is on its way back to you`,
      preview: `For order ${order.number}. Banks take five to ten days to show it.`,
    },
    <Paragraph>
      We have refunded {money} of order {order.number} to the card it was paid with. Banks take five to ten days to show
      it.
    </Paragraph>,
  );
}

export function refundFailed(order: EmailOrder, amount: Money): Composed {
  const money = formatMoney(amount);
  return orderEmail(
    order,
    {
      subject: `Your refund of ${money} did not arrive`,
      preview: `For order ${order.number}. We will pay it in another way.`,
    },
    <Paragraph>
      The bank of the card that paid for order {order.number} did not accept our refund of {money}. We still owe you
      this money, and will pay it in another way. Our team has been notified, and you need not do anything.
    </Paragraph>,
    "If your card was closed or replaced, answer this email, and tell us how we can reach you.",
  );
}

/** `items`: what was shipped, without items that were cancelled or refunded before. */
export function orderDelivered(order: EmailOrder, items: { name: string; quantity: number }[] = order.lines): Composed {
  return orderEmail(
    order,
    { subject: `Order ${order.number} has arrived`, preview: "Every item that we shipped has been delivered." },
    "Every item that we shipped has been delivered:",
    itemList(items),
    "If something is missing or broken, answer this email, and we will help.",
  );
}

/** A shipment as an email shows it: with the names of its items. */
export interface EmailShipment extends Omit<ShipmentDetails, "items"> {
  items: { name: string; quantity: number }[];
  /** Nothing is left to ship after it. */
  complete: boolean;
}

export function shipmentSent(order: EmailOrder, shipment: EmailShipment): Composed {
  const { carrier, trackingNumber, trackingUrl, complete } = shipment;
  return orderEmail(
    order,
    {
      subject: `${complete ? "Order" : "A part of order"} ${order.number} is on its way`,
      preview: `With ${carrier}, tracking number ${trackingNumber}.`,
      ...(trackingUrl && { action: "Track your parcel", href: trackingUrl }),
    },
    <Paragraph>
      {complete
        ? "Your parcel has left our warehouse."
        : "A parcel has left our warehouse. We will email you again when the rest ships."}{" "}
      Carrier: {carrier}, tracking number {trackingNumber}. Contents:
    </Paragraph>,
    itemList(shipment.items),
    <ShippingAddress order={order} />,
  );
}
