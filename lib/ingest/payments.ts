import { db } from "../db";
import { emailKey } from "../email-key";
import { AppError } from "../errors";
import { EVENTS } from "../events";
import { confirmOrder, failOrder } from "../orders/change-order";
import { payAgain } from "../orders/pay-again";
import { holdOrder } from "../orders/review";
import { sendConfirmationEmail } from "../orders/send-order-email";
import { withOutbox } from "../outbox";
import { recordExternalPayment } from "../payments/external-payment";
import { cancelOpenPaymentIntents, syncPaymentIntent } from "../payments/sync-order-payment";
import { findPaymentIntent, listRefunds, refundStatus } from "../stripe";
import { type FoundOrder, findOrder, findUser, type StorefrontEvent, unknown } from "./references";
import { savedCard } from "./saved-card";

type Completed = StorefrontEvent<"payment/completed">;

/** Applies a payment that a storefront reports. One at Stripe is read there, and believed only then. */
export async function adoptPayment({ data }: Completed) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  const { provider, paymentId, amount, currency = order.currency } = data;
  if (provider === undefined || paymentId === undefined || amount === undefined) return syncOwnPayment(order);
  if (provider === "stripe" && (await db().payment.count({ where: { intentId: paymentId, externalId: null } })) > 0)
    return { orderId: order.id, outcome: (await syncPaymentIntent(paymentId))?.outcome ?? "undecided" };
  const payment = provider === "stripe" ? await readAtStripe(paymentId) : { provider, paymentId, amount, currency };
  if ("reason" in payment) return { orderId: order.id, ...payment };
  const recorded = await recordExternalPayment(order.id, payment);
  if (recorded.outcome !== "paid") return { orderId: order.id, ...recorded };
  return { orderId: order.id, ...(await settle(order.id, recorded.attempt)) };
}

/** Reads the shop's payment of an order's current attempt at Stripe. */
async function syncOwnPayment({ id: orderId, attempt }: FoundOrder) {
  const payment = await db().payment.findUnique({
    where: { orderId_attempt: { orderId, attempt } },
    select: { intentId: true },
  });
  if (!payment?.intentId) return { orderId, reason: "The shop has no payment of this order at Stripe." };
  return { orderId, outcome: (await syncPaymentIntent(payment.intentId))?.outcome ?? "undecided" };
}

/** Returns what a PaymentIntent has paid and is not refunded, or why it pays for no order. */
async function readAtStripe(paymentId: string) {
  const intent = await findPaymentIntent(paymentId);
  if (!intent) return { reason: "Stripe has no such PaymentIntent." };
  if (intent.status !== "succeeded") return { reason: `The PaymentIntent is ${intent.status} at Stripe.` };
  if ((await db().subscriptionCharge.count({ where: { intentId: paymentId } })) > 0)
    return { reason: "The PaymentIntent pays a subscription." };
  // The event can come after a refund.
  const refunds = (await listRefunds(paymentId)).filter((refund) => refundStatus(refund) !== "failed");
  const amount = intent.amount_received - refunds.reduce((sum, refund) => sum + refund.amount, 0);
  if (amount === 0) return { reason: "The PaymentIntent is refunded at Stripe." };
  return { provider: "stripe", paymentId, amount, currency: intent.currency.toUpperCase() };
}

/** Confirms a paid order, unless a manager holds it, and ends what could be paid for it a second time. */
async function settle(orderId: string, attempt: number) {
  await cancelOpenPaymentIntents(orderId);
  if ((await holdOrder(orderId, attempt)) === "held") return { outcome: "held" };
  const status = await confirmOrder(orderId, attempt);
  const emailId = status === "confirmed" ? await sendConfirmationEmail(orderId) : null;
  return { outcome: status, emailId };
}

/** Ends the attempt to pay, which emails the customer a way to pay. */
export async function adoptPaymentFailure({ data }: StorefrontEvent<"payment/failed">) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  const own = await db().payment.findUnique({
    where: { orderId_attempt: { orderId: order.id, attempt: order.attempt } },
    select: { status: true },
  });
  if (own && !["failed", "canceled"].includes(own.status))
    return { orderId: order.id, reason: `The shop's payment of this order is ${own.status}.` };
  const detail = data.reason ? { storefront: data.reason } : {};
  const status = await failOrder(order.id, order.attempt, "payment_declined", detail);
  await cancelOpenPaymentIntents(order.id);
  return { orderId: order.id, outcome: status };
}

/**
 * Triggers the payment of an order that waits for one. Its amount is checked there, and never charged as sent. An order without a
 * payment method is charged to the saved card of its customer.
 */
export async function adoptPaymentRequest({ id: eventId, data }: StorefrontEvent<"payment/process">) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  const { id, currency, totalAmount, status, paymentMethod } = order;
  const { amount = totalAmount } = data;
  const customer = await customerOf(order, data.customerId);
  // `process-order` decides in a moment how it is paid.
  if (status === "pending" && paymentMethod === null)
    throw new AppError("order_pending", 409, "The order is just being taken in.", { retry: true });
  if (status === "awaiting_payment" && paymentMethod === null && amount === totalAmount) {
    const card = customer && (await savedCard(customer));
    if (!card) return { orderId: id, reason: "The order waits for its customer, who has no saved card." };
    await payAgain(id, card, { solved: true });
    return { orderId: id, outcome: "requested" };
  }
  await withOutbox(async (_tx, publish) =>
    publish({
      ...{ name: EVENTS.PAYMENT_PROCESS, id: `payment-process:${id}:event:${eventId}` },
      data: { purpose: "order", id, amount, currency },
    }),
  );
  return { orderId: id, outcome: "requested" };
}

/**
 * Returns the user whose card may pay for an order: its own user, or the one that `customerId` names, who must have placed the order or
 * have its address.
 * @throws AppError `forbidden` (403)
 */
async function customerOf({ userId, email }: FoundOrder, customerId?: string): Promise<string | null> {
  if (customerId === undefined) return userId;
  const billed = await db().billingCustomer.findFirst({ where: { customerId }, select: { userId: true } });
  const user = await findUser(billed?.userId ?? customerId);
  if (!user) throw unknown("user", customerId);
  if (userId ? userId !== user.id : emailKey(email) !== emailKey(user.email))
    throw new AppError("forbidden", 403, "data.customerId: is not the customer of this order");
  return user.id;
}
