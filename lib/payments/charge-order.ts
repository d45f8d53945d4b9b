import Stripe from "stripe";
import { appEnv } from "../env";
import { AppError } from "../errors";
import { callStripe, createPaymentIntent, isReplayedError } from "../stripe";
import type { PaymentOutcome } from "./outcome";
import {
  type Attempt,
  claimOrderPaymentIntent,
  failPaymentAttempt,
  incrementKeyVersion,
  startPaymentAttempt,
} from "./payment-attempt";
import { syncOrderPayment } from "./sync-order-payment";

/**
 * Charges an order, once for each attempt, however often it is called: the row is written before Stripe hears of it, the
 * PaymentIntent's id before it is confirmed, and a PaymentIntent succeeds at most once. A call after a crash goes on where
 * the last one stopped. Two Stripe calls where nothing goes wrong.
 *
 * @throws AppError `stripe_unavailable`, with `retry`, for what may heal by itself.
 */
export async function chargeOrder(orderId: string, attempt: number): Promise<PaymentOutcome> {
  const payment = await startPaymentAttempt(orderId, attempt);
  if (!payment) return { outcome: "ended" };
  try {
    return payment.intentId ? await resume(payment, payment.intentId) : await start(payment);
  } catch (error) {
    if (isReplayedError(error)) await incrementKeyVersion(payment);
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const code = error.decline_code || error.code || error.type;
    await failPaymentAttempt(payment, code, error.message);
    return refused(code);
  }
}

/** Stripe took offence at a parameter; the only one that comes from outside is the payment method. */
function refused(code: string): PaymentOutcome {
  return {
    outcome: "failed",
    reason: code === "resource_missing" ? "invalid_payment_method" : "payment_unavailable",
    code,
  };
}

async function start(payment: Attempt): Promise<PaymentOutcome> {
  if (payment.failureCode) return refused(payment.failureCode);
  if (payment.orderStatus !== "pending") return { outcome: "ended" };
  const intent = await createPaymentIntent(`${payment.idempotencyKey}:${payment.tries}`, {
    amount: payment.amount,
    currency: payment.currency.toLowerCase(),
    payment_method: payment.paymentMethod,
    allowed_payment_method_types: ["card"],
    description: `Order ${payment.number}`,
    metadata: { order_id: payment.orderId, payment_id: payment.id, attempt: String(payment.attempt) },
  });
  return confirm(payment, intent.id);
}

async function resume(payment: Attempt, intentId: string): Promise<PaymentOutcome> {
  const intent = await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  const unconfirmed =
    intent.status === "requires_confirmation" ||
    (intent.status === "requires_payment_method" && !intent.last_payment_error);
  return unconfirmed ? confirm(payment, intentId) : recorded(intent);
}

async function confirm(payment: Attempt, intentId: string): Promise<PaymentOutcome> {
  const kept = await claimOrderPaymentIntent(payment, intentId);
  if (kept !== intentId) {
    await callStripe((stripe) => stripe.paymentIntents.cancel(intentId));
    return kept ? resume(payment, kept) : { outcome: "ended" };
  }
  const params = {
    // Set again, because a first try that was declined has taken it off the intent.
    payment_method: payment.paymentMethod,
    return_url: `${appEnv().APP_URL}/orders/${payment.orderId}?token=${payment.token}`,
  };
  try {
    const options = { idempotencyKey: `${payment.idempotencyKey}:${payment.tries}:confirm` };
    return await recorded(await callStripe((stripe) => stripe.paymentIntents.confirm(intentId, params, options)));
  } catch (error) {
    // A decline, and "it is no longer in a state to be confirmed", both leave the truth on the intent.
    const told =
      error instanceof Stripe.errors.StripeError &&
      (error.type === "StripeCardError" || error.code === "payment_intent_unexpected_state");
    if (!told) throw error;
    return recorded(error.payment_intent ?? (await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId))));
  }
}

async function recorded(intent: Stripe.PaymentIntent): Promise<PaymentOutcome> {
  const outcome = await syncOrderPayment(intent);
  if (!outcome)
    throw new AppError("payment_undecided", 503, `PaymentIntent ${intent.id} is ${intent.status}.`, { retry: true });
  return outcome;
}
