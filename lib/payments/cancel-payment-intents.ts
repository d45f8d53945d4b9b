import Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { callStripe } from "../stripe";
import { syncOrderPayment } from "./sync-order-payment";

/**
 * Cancels the open PaymentIntents of an order that has ended, so that it cannot be paid any more. If an intent has just
 * succeeded, it is recorded and refunded. Returns how many it cancelled.
 */
export async function cancelOpenPaymentIntents(orderId: string): Promise<number> {
  const open = await db().payment.findMany({
    where: { orderId, intentId: { not: null }, status: { notIn: ["succeeded", "canceled"] } },
    select: { intentId: true },
  });
  let canceled = 0;
  for (const { intentId } of open)
    if (intentId !== null && (await cancelPaymentIntent(intentId)) === "canceled") canceled++;
  return canceled;
}

/** Cancels one PaymentIntent and records its state. */
async function cancelPaymentIntent(intentId: string): Promise<Stripe.PaymentIntent.Status> {
  const intent = await callStripe((stripe) => stripe.paymentIntents.cancel(intentId)).catch(async (error) => {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (error.code === "resource_missing") return undefined;
    if (error.code !== "payment_intent_unexpected_state") throw error;
    return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  });
  if (!intent) return markPaymentIntentMissing(intentId);
  await syncOrderPayment(intent);
  return intent.status;
}

/** Handles a PaymentIntent that Stripe does not have. It cannot be paid, and an alert asks the operators to check why. */
async function markPaymentIntentMissing(intentId: string): Promise<"canceled"> {
  await db().payment.updateMany({
    where: { intentId, captured: 0 },
    data: { status: "canceled", updatedAt: now() },
  });
  const subject = `Stripe does not have the PaymentIntent ${intentId} of one of our payments`;
  await raiseAlert({ kind: "payment_missing", id: `payment-missing:${intentId}`, subject, detail: { intentId } });
  return "canceled";
}
