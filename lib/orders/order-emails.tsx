import type { ReactNode } from "react";
import type { Order } from "@/prisma/generated/client";
import { addressLines, addressSchema } from "../address";
import { ago, DAY } from "../clock";
import { db } from "../db";
import { composeEmail, type EmailContent } from "../email/compose-email";
import type { EmailKind } from "../email/email-kinds";
import { Bullets, Lines, Paragraph, Quote, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { declineSentence } from "../order-state/declines";
import { lineStates } from "../order-state/open-lines";
import { canPayAgain, type FailureReason, isFailureReason, RETRY_WINDOW_DAYS } from "../order-state/status";
import { REPLACED } from "../payments/refund-order";
import { readShipment, type ShipmentDetails } from "../shipping/view-shipment";

/** An order as its emails show it. */
export interface EmailOrder {
  number: string;
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
      <Paragraph>Shipping address:</Paragraph>
      <Quote>
        <Lines>{order.address.join("\n")}</Lines>
      </Quote>
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

/** `decline`: a sentence about why the bank declined the payment. */
export function orderFailed(order: EmailOrder, reason: FailureReason, again: boolean, decline?: string): Composed {
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} could not be completed`,
      preview: EXPLANATIONS[reason],
      action: again ? "Try again" : "See your order",
    },
    EXPLANATIONS[reason],
    decline,
    <Items order={order} />,
    again && `You can pay again within ${RETRY_WINDOW_DAYS} days, with this card or another one.`,
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
    "Your bank has not confirmed the payment yet. We reserve your items for a short time. On the page of your order you can continue with the payment, or cancel the order.",
    <Items order={order} />,
  );
}

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

/**
 * The emails about an order. Each function reads the order at the moment of sending and sends only if the email is still true:
 * a cancelled order gets no confirmation. Each returns the email's id, or null if it sent none.
 */
export async function sendConfirmationEmail(orderId: string): Promise<string | null> {
  return send("order_confirmed", orderId, orderId, (order, { status }) =>
    status === "confirmed" ? orderConfirmed(order) : null,
  );
}

export async function sendCancellationEmail(orderId: string): Promise<string | null> {
  return send("order_cancelled", orderId, orderId, (order, { status, endReason }) =>
    status === "cancelled" ? orderCancelled(order, endReason) : null,
  );
}

/** Sends one email for each attempt that still waits for its customer. */
export async function sendPaymentReminder(orderId: string, attempt: number): Promise<string | null> {
  return send("order_payment_reminder", orderId, `${orderId}:${attempt}`, (order, { status, attempt: latest }) =>
    status === "awaiting_payment" && latest === attempt ? paymentReminder(order) : null,
  );
}

/** Sends one email for each failed attempt, unless a later attempt has started. */
export async function sendFailureEmail(orderId: string, attempt: number): Promise<string | null> {
  const payment = await db().payment.findUnique({
    where: { orderId_attempt: { orderId, attempt } },
    select: { failureCode: true },
  });
  return send("order_failed", orderId, `${orderId}:${attempt}`, (order, { status, endReason, attempt: latest }) => {
    if (status !== "failed" || latest !== attempt || !isFailureReason(endReason)) return null;
    const decline = endReason === "payment_declined" ? declineSentence(payment?.failureCode) : undefined;
    return orderFailed(order, endReason, canPayAgain(status, endReason), decline);
  });
}

export async function sendRefundEmail(refundId: string): Promise<string | null> {
  const refund = await db().refund.findUnique({
    where: { id: refundId },
    select: { orderId: true, amount: true, currency: true, status: true },
  });
  if (refund?.status !== "succeeded") return null;
  const { orderId, amount, currency } = refund;
  return send("refund_made", orderId, refundId, (order) => refundMade(order, { amount, currency }));
}

/** Notifies the customer, once, that a refund did not arrive. A refund with another one in its place is no news. */
export async function sendRefundFailedEmail(refundId: string): Promise<string | null> {
  const refund = await db().refund.findUnique({
    where: { id: refundId },
    select: { orderId: true, amount: true, currency: true, status: true, failureCode: true },
  });
  if (refund?.status !== "failed" || refund.failureCode === REPLACED) return null;
  const { orderId, amount, currency } = refund;
  return send("refund_failed", orderId, refundId, (order) => refundFailed(order, { amount, currency }));
}

/** Sends an email for each refund of a payment that succeeded or failed in the last day. Returns how many there are. */
export async function sendRefundEmails(intentId: string): Promise<number> {
  const refunds = await db().refund.findMany({
    where: {
      ...{ payment: { intentId }, status: { in: ["succeeded", "failed"] }, updatedAt: { gt: ago(DAY) } },
      stripeRefundId: { not: null },
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, status: true },
  });
  for (const { id, status } of refunds) await (status === "failed" ? sendRefundFailedEmail(id) : sendRefundEmail(id));
  return refunds.length;
}

/** Sends an email for each shipment of an order. */
export async function sendShipmentEmail(shipmentId: string): Promise<string | null> {
  const shipment = await readShipment(shipmentId);
  if (!shipment) return null;
  const { orderId, view, items, complete } = shipment;
  return send("order_shipped", orderId, shipmentId, (order) => shipmentSent(order, { ...view, items, complete }));
}

const SHIPPED_PARTS = {
  lines: { orderBy: { position: "asc" } },
  refunds: { select: { items: true } },
  shipments: { select: { items: { select: { productId: true, quantity: true } } } },
} as const;

/** Sends an email when the last shipment of an order has been delivered. */
export async function sendDeliveryEmail(orderId: string): Promise<string | null> {
  const found = await db().order.findUnique({ where: { id: orderId }, include: SHIPPED_PARTS });
  if (!found) return null;
  const items = lineStates(found)
    .map(({ name, shipped }) => ({ name, quantity: shipped }))
    .filter(({ quantity }) => quantity > 0);
  return send("order_delivered", orderId, orderId, (order, { status }) =>
    status === "delivered" ? orderDelivered(order, items) : null,
  );
}

async function send(
  kind: EmailKind,
  orderId: string,
  entityId: string,
  compose: (order: EmailOrder, state: Pick<Order, "status" | "endReason" | "attempt">) => Composed | null,
): Promise<string | null> {
  const include = { lines: { orderBy: { position: "asc" } } } as const;
  const order = await db().order.findUnique({ where: { id: orderId }, include });
  if (!order) return null;
  const { number, token, name, currency, couponCode } = order;
  const money = (amount: number) => ({ amount, currency });
  const address = addressSchema.nullable().parse(order.shippingAddress);
  const emailOrder: EmailOrder = {
    number: String(number),
    name,
    total: money(order.totalAmount),
    ...(couponCode && { discount: { code: couponCode, amount: money(order.discountAmount) } }),
    ...(address && { address: addressLines(address, name) }),
    lines: order.lines.map(({ name, quantity, unitAmount }) => {
      return { name, quantity, total: money(unitAmount * quantity) };
    }),
    statusUrl: `${appEnv().APP_URL}/orders/${orderId}?token=${token}`,
  };
  const composed = compose(emailOrder, order);
  return composed && sendEmail({ kind, entityId, to: order.email }, () => composed);
}
