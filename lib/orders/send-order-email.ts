import { z } from "zod";
import { addressLines, addressSchema } from "../address";
import { ago, DAY } from "../clock";
import { db, type Tx } from "../db";
import { ownerName } from "../email/customer-text";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { queueEmail, sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { conflict, notFound } from "../errors";
import { declineSentence } from "../order-state/declines";
import { lineStates } from "../order-state/open-lines";
import { canPayAgain, isFailureReason } from "../order-state/status";
import type { Publish } from "../outbox";
import { REPLACED } from "../payments/refund-order";
import { readShipment } from "../shipping/view-shipment";
import {
  type EmailOrder,
  orderCancelled,
  orderConfirmed,
  orderCorrected,
  orderDelivered,
  orderFailed,
  orderMoved,
  paymentReminder,
  paymentRequest,
  refundFailed,
  refundMade,
  shipmentSent,
} from "./order-emails";

/** The order is paid, and not on its way back. */
const CONFIRMED = ["confirmed", "shipped", "delivered"];

/**
 * The emails about an order. Each function reads the order at the moment of sending and sends only if the email is still true:
 * a cancelled order gets no confirmation, one that is shipped already does. Each returns the email's id, or null if it sent none.
 */
export async function sendConfirmationEmail(orderId: string): Promise<string | null> {
  return send("order_confirmed", orderId, orderId, (order, { status }) =>
    CONFIRMED.includes(status) ? orderConfirmed(order) : null,
  );
}

/**
 * Sends the confirmation of a confirmed order again, to its address of now. The same `key` is the same email.
 * @throws AppError `not_found` (404), `order_not_confirmed` (409)
 */
export async function resendConfirmation(orderId: string, key: string): Promise<{ emailId: string; to: string }> {
  const order = await readOrder(orderId);
  if (!order) throw notFound("order");
  if (!CONFIRMED.includes(order.status))
    throw conflict("order_not_confirmed", `An order that is ${order.status} has no confirmation to send.`);
  const email = { kind: "order_confirmed" as const, entityId: `${orderId}:resent:${key}`, to: order.email };
  const emailId = await queueEmail(email, () => orderConfirmed(toEmailOrder(order)));
  return { emailId, to: order.email };
}

/** Returns whether the provider has accepted the confirmation of an order. */
export async function isConfirmationSent(orderId: string): Promise<boolean> {
  const sent = { kind: "order_confirmed" satisfies EmailKind, entityId: orderId, sentAt: { not: null } };
  return (await db().email.count({ where: sent })) > 0;
}

export async function sendCancellationEmail(orderId: string): Promise<string | null> {
  return send("order_cancelled", orderId, orderId, (order, { status, endReason }) =>
    status === "cancelled" ? orderCancelled(order, endReason) : null,
  );
}

/** Sends the link to pay, once, while the order waits for a payment method. */
export async function sendPaymentRequest(orderId: string): Promise<string | null> {
  return send("order_payment_request", orderId, orderId, (order, { status, paymentMethod }) =>
    status === "awaiting_payment" && paymentMethod === null ? paymentRequest(order) : null,
  );
}

const mismatchSchema = z.object({ sent: z.string(), ours: z.string() });

/** Returns the sentence about the two prices of an order that failed because of them. */
async function mismatchSentence(orderId: string): Promise<string | undefined> {
  const entry = await db().orderEvent.findFirst({ where: { orderId, type: "order_failed" }, select: { data: true } });
  const prices = mismatchSchema.safeParse(entry?.data).data;
  return prices && `You were shown ${prices.sent}, and our price is ${prices.ours}.`;
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
  const mismatch = payment ? undefined : await mismatchSentence(orderId);
  return send("order_failed", orderId, `${orderId}:${attempt}`, (order, { status, endReason, attempt: latest }) => {
    if (status !== "failed" || latest !== attempt || !isFailureReason(endReason)) return null;
    const decline = endReason === "payment_declined" ? declineSentence(payment?.failureCode) : mismatch;
    return orderFailed(order, endReason, canPayAgain(status, endReason, attempt), decline);
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

/** Queues the emails about a correction, in its transaction: to the order's address, and to the former one if that was replaced. */
export async function queueCorrectionEmails(
  tx: Tx,
  publish: Publish,
  orderId: string,
  change: string,
  formerEmail: string,
): Promise<void> {
  const order = await readOrder(orderId, tx);
  if (!order) return;
  const queue = (kind: EmailKind, to: string, composed: Composed) =>
    queueEmail({ kind, entityId: `${orderId}:${change}`, to }, () => composed, { tx, publish });
  await queue("order_corrected", order.email, orderCorrected(toEmailOrder(order)));
  if (order.email !== formerEmail) await queue("order_moved", formerEmail, orderMoved(String(order.number)));
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

const readOrder = (id: string, tx: Tx = db()) =>
  tx.order.findUnique({
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
