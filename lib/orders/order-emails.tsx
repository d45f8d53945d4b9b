import type { ReactNode } from "react";
import { addressLines, addressSchema } from "../address";
import { ago, DAY } from "../clock";
import { db } from "../db";
import { composeEmail, type EmailContent } from "../email/compose-email";
import { ownerName } from "../email/customer-text";
import type { EmailKind } from "../email/email-kinds";
import { Bullets, CustomerText, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail, sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { canPayAgain, type FailureReason, isFailureReason, RETRY_WINDOW_DAYS } from "../order-state/status";
import { readShipment, type ShipmentDetails } from "../shipping/view-shipment";

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
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} could not be completed`,
      preview: EXPLANATIONS[reason],
      action: again ? "Try again" : "See your order",
    },
    EXPLANATIONS[reason],
    <Items order={order} />,
    again && `You can pay again within ${RETRY_WINDOW_DAYS} days, with this card or another one.`,
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
  return orderEmail(
    order,
    {
      subject: `Order ${order.number} is cancelled`,
      preview: byUs ? "We are sorry: we could not accept it." : "Nothing more will be charged.",
    },
    <Paragraph>
      {byUs ? "We are sorry: we could not accept your order, and had to cancel it." : "Your order is cancelled."}{" "}
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

export function orderDelivered(order: EmailOrder): Composed {
  return orderEmail(
    order,
    { subject: `Order ${order.number} has arrived`, preview: "Everything you ordered has been delivered." },
    "Everything you ordered has been delivered:",
    itemList(order.lines),
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

/** Sends one email for each failed attempt, unless a later attempt has started. */
export async function sendFailureEmail(orderId: string, attempt: number): Promise<string | null> {
  return send("order_failed", orderId, `${orderId}:${attempt}`, (order, { status, endReason, attempt: latest }) => {
    if (status !== "failed" || latest !== attempt || !isFailureReason(endReason)) return null;
    return orderFailed(order, endReason, canPayAgain(status, endReason));
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

/** Sends an email for each refund of a payment that succeeded in the last day. Returns how many there are. */
export async function sendRefundEmails(intentId: string): Promise<number> {
  const refunds = await db().refund.findMany({
    where: { payment: { intentId }, status: "succeeded", updatedAt: { gt: ago(DAY) } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true },
  });
  for (const { id } of refunds) await sendRefundEmail(id);
  return refunds.length;
}

/** Sends an email for each shipment of an order. */
export async function sendShipmentEmail(shipmentId: string): Promise<string | null> {
  const shipment = await readShipment(shipmentId);
  if (!shipment) return null;
  const { orderId, view, items, complete } = shipment;
  return send("order_shipped", orderId, shipmentId, (order) => shipmentSent(order, { ...view, items, complete }));
}

/** Sends an email when the last shipment of an order has been delivered. */
export async function sendDeliveryEmail(orderId: string): Promise<string | null> {
  return send("order_delivered", orderId, orderId, (order, { status }) =>
    status === "delivered" ? orderDelivered(order) : null,
  );
}

/** Queues the emails about a correction of an order: to its address, and to the former one if that was replaced. */
export async function queueCorrectionEmails(orderId: string, change: string, formerEmail: string): Promise<void> {
  const order = await readOrder(orderId);
  if (!order) return;
  const entityId = `${orderId}:${change}`;
  await queueEmail({ kind: "order_corrected", entityId, to: order.email }, () => orderCorrected(toEmailOrder(order)));
  if (order.email === formerEmail) return;
  await queueEmail({ kind: "order_moved", entityId, to: formerEmail }, () => orderMoved(String(order.number)));
}

async function send(
  kind: EmailKind,
  orderId: string,
  entityId: string,
  compose: (order: EmailOrder, state: OrderRow) => Composed | null,
): Promise<string | null> {
  const order = await readOrder(orderId);
  const composed = order && compose(toEmailOrder(order), order);
  return composed && sendEmail({ kind, entityId, to: order.email }, () => composed);
}

const readOrder = (id: string) =>
  db().order.findUnique({
    where: { id },
    include: {
      lines: { orderBy: { position: "asc" } },
      user: { select: { name: true, email: true, emailVerified: true } },
    },
  });

type OrderRow = NonNullable<Awaited<ReturnType<typeof readOrder>>>;

function toEmailOrder(order: OrderRow): EmailOrder {
  const { id, number, token, name, currency, couponCode, user } = order;
  const money = (amount: number) => ({ amount, currency });
  const address = addressSchema.nullable().parse(order.shippingAddress);
  return {
    number: String(number),
    name: ownerName(order.email, user),
    total: money(order.totalAmount),
    ...(couponCode && { discount: { code: couponCode, amount: money(order.discountAmount) } }),
    ...(address && { address: addressLines(address, name) }),
    lines: order.lines.map(({ name, quantity, unitAmount }) => {
      return { name, quantity, total: money(unitAmount * quantity) };
    }),
    statusUrl: `${appEnv().APP_URL}/orders/${id}?token=${token}`,
  };
}
