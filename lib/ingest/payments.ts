import { db } from "../db";
import { EVENTS } from "../events";
import { confirmOrder, failOrder } from "../orders/change-order";
import { holdOrder } from "../orders/review";
import { sendConfirmationEmail } from "../orders/send-order-email";
import { withOutbox } from "../outbox";
import { recordExternalPayment } from "../payments/external-payment";
import { cancelOpenPaymentIntents, syncPaymentIntent } from "../payments/sync-order-payment";
import { findPaymentIntent } from "../stripe";
import { findOrder, type StorefrontEvent, unknown } from "./references";

type Completed = StorefrontEvent<"payment/completed">;

/** Applies a payment that a storefront reports. One at Stripe is read there, and believed only then. */
export async function adoptPayment({ data }: Completed) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  if (
    data.provider === "stripe" &&
    (await db().payment.count({ where: { intentId: data.paymentId, externalId: null } })) > 0
  )
    return { orderId: order.id, outcome: (await syncPaymentIntent(data.paymentId))?.outcome ?? "undecided" };
  const payment = data.provider === "stripe" ? await readAtStripe(data.paymentId) : reported(data, order.currency);
  if ("reason" in payment) return { orderId: order.id, ...payment };
  const recorded = await recordExternalPayment(order.id, payment);
  if (recorded.outcome !== "paid") return { orderId: order.id, ...recorded };
  return { orderId: order.id, ...(await settle(order.id, recorded.attempt)) };
}

const reported = ({ provider, paymentId, amount, currency }: Completed["data"], orderCurrency: string) => ({
  ...{ provider, paymentId, amount, currency: currency ?? orderCurrency },
});

async function readAtStripe(paymentId: string) {
  const intent = await findPaymentIntent(paymentId);
  if (!intent) return { reason: "Stripe has no such PaymentIntent." };
  if (intent.status !== "succeeded") return { reason: `The PaymentIntent is ${intent.status} at Stripe.` };
  return { provider: "stripe", paymentId, amount: intent.amount_received, currency: intent.currency.toUpperCase() };
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
  const status = await failOrder(order.id, order.attempt, "payment_declined");
  await cancelOpenPaymentIntents(order.id);
  return { orderId: order.id, outcome: status };
}

/** Triggers the payment of an order that waits for one. Its amount is checked there, and never charged as sent. */
export async function adoptPaymentRequest({ id: eventId, data }: StorefrontEvent<"payment/process">) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  const { id, currency } = order;
  await withOutbox(async (_tx, publish) =>
    publish({
      ...{ name: EVENTS.PAYMENT_PROCESS, id: `payment-process:${id}:event:${eventId}` },
      data: { purpose: "order", id, amount: data.amount, currency },
    }),
  );
  return { orderId: id, outcome: "requested" };
}
