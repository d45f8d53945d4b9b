import Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { callStripe, findPaymentIntent } from "../stripe";
import { syncOrderPayment } from "./sync-order-payment";

/**
 * Makes sure that nobody can pay any more for an order that has ended: cancels its PaymentIntents that are still open.
 * One that succeeded in that very moment is recorded, and its money goes back. Returns how many it cancelled.
 */
export async function cancelOpenPaymentIntents(orderId: string): Promise<number> {
  const open = await db().$queryRaw<{ intentId: string }[]>`
    SELECT intent_id AS "intentId" FROM payments WHERE order_id = ${orderId} AND intent_id IS NOT NULL AND status NOT IN ('succeeded', 'canceled')`;
  let closed = 0;
  for (const { intentId } of open) if ((await cancelPaymentIntent(intentId)) === "canceled") closed++;
  return closed;
}

/** Cancels one PaymentIntent, and records what it turned out to be. */
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

/** Stripe has no such PaymentIntent, so nobody can pay it. That it was lost is for a person to look into. */
async function markPaymentIntentMissing(intentId: string): Promise<"canceled"> {
  await db().$executeRaw`
    UPDATE payments SET status = 'canceled', updated_at = ${now()} WHERE intent_id = ${intentId} AND captured = 0`;
  const subject = `Stripe does not know a payment of ours: ${intentId}`;
  await raiseAlert({ kind: "payment_missing", id: `payment-missing:${intentId}`, subject, detail: { intentId } });
  return "canceled";
}

/** Reads a PaymentIntent from Stripe and records it; `unknown`: Stripe has none. */
export async function refreshPayment(
  intentId: string,
): Promise<Awaited<ReturnType<typeof syncOrderPayment>> | { outcome: "unknown" }> {
  const intent = await findPaymentIntent(intentId);
  return intent ? syncOrderPayment(intent) : { outcome: "unknown" };
}
