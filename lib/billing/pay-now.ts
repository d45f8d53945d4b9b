import Stripe from "stripe";
import { HOUR } from "../clock";
import { db } from "../db";
import { AppError, conflict, notFound } from "../errors";
import type { Money } from "../money";
import { enforceRateLimit, type RateLimit } from "../rate-limit";
import { callStripe, hasCode, withIdempotencyKey } from "../stripe";
import { notifyCharge, pageUrl, readPaymentLink } from "./billing-emails";
import { type Charge, readCharge, syncSubscriptionCharge } from "./charge";
import { preparePayment } from "./charge-subscription";

export interface DueCharge {
  planName: string;
  amount: Money;
  state: "due" | "paid" | "ended";
}

/** Returns the charge of a link. @throws AppError `link_invalid` (400), `link_expired` (410), `not_found` (404) */
export async function openPaymentLink(token: string): Promise<DueCharge> {
  const charge = await requireCharge(token);
  if (charge.status === "open" && charge.intentId) await refresh(charge.id, charge.intentId);
  const { subscription, amount, currency, status } = (await readCharge(charge.id)) ?? charge;
  const state = status === "open" ? "due" : status === "paid" ? "paid" : "ended";
  return { planName: subscription.plan.name, amount: { amount, currency }, state };
}

/**
 * Reads the intent, because the customer may return from the bank before the webhook arrives. If Stripe is down, the stored state
 * is used.
 */
async function refresh(chargeId: string, intentId: string): Promise<void> {
  try {
    await record(chargeId, await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)));
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}

/** Stores the intent's state. The webhook will find nothing new, so the receipt is queued here. Returns whether it is paid. */
async function record(chargeId: string, intent: Stripe.PaymentIntent): Promise<boolean> {
  const paid = await syncSubscriptionCharge(chargeId, intent);
  if (paid) await notifyCharge(chargeId, 0);
  return paid;
}

/** More attempts than this are rather a test of stolen cards. */
const PER_CHARGE: RateLimit = { count: 5, periodMs: HOUR };

/** `settled`: there is nothing left to pay; the link's page shows the result. */
export type PayNow = { settled: true } | { authenticateAt: string } | { declined: string };

/**
 * Pays a charge on-session with the subscription's current card. It is the one call to Stripe in a request, because its answer
 * decides the customer's next page. All attempts share the PaymentIntent, which succeeds at most once.
 *
 * @throws AppError `not_found` (404), `charge_ended` (409), `too_many_requests` (429), and as `openPaymentLink`
 */
export async function payNow(token: string): Promise<PayNow> {
  const charge = await requireCharge(token);
  if (charge.status === "paid") return { settled: true };
  await enforceRateLimit(db(), `pay-now:${charge.id}`, PER_CHARGE);
  try {
    return await withIdempotencyKey("subscription_charges", charge, async (key): Promise<PayNow> => {
      const payment = await preparePayment(charge, key);
      if (!payment) throw conflict("charge_ended", "This payment is no longer due.");
      const params = {
        payment_method: payment.methodId,
        return_url: pageUrl(token),
        // The authentication also sets up the card, so that the bank accepts the next periods off-session.
        setup_future_usage: "off_session" as const,
      };
      const intent = await callStripe((stripe) => stripe.paymentIntents.confirm(payment.intentId, params));
      if (await record(charge.id, intent)) return { settled: true };
      const url = intent.next_action?.redirect_to_url?.url;
      if (url) return { authenticateAt: url };
      return { declined: "Your bank has not answered yet. Please try again in a minute." };
    });
  } catch (error) {
    if (await dropCanceledIntent(error, charge)) return payNow(token);
    return explain(error, charge);
  }
}

/**
 * Removes the PaymentIntent of an open charge if it was canceled in Stripe's dashboard, so that the customer can pay with another one.
 * A canceled intent cannot be paid any more. Returns whether it was removed.
 */
async function dropCanceledIntent(error: unknown, { id, intentId }: Charge): Promise<boolean> {
  if (!hasCode(error, "payment_intent_unexpected_state") || !intentId) return false;
  await refresh(id, intentId);
  const { count } = await db().subscriptionCharge.updateMany({
    where: { id, intentId, status: "open", intentOpen: false },
    data: { intentId: null },
  });
  return count === 1;
}

/** Returns a failure that the customer can understand. An unexpected error is thrown again. */
async function explain(error: unknown, { intentId }: Charge): Promise<PayNow> {
  if (isUnavailable(error))
    return { declined: "Our payment service does not answer. Please try again in a few minutes." };
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error.type === "StripeCardError") return { declined: error.message };
  if (error.code === "resource_missing") return { declined: "This card is not known. Please choose another one." };
  if (error.code !== "payment_intent_unexpected_state" || !intentId) throw error;
  return { settled: true };
}

const isUnavailable = (error: unknown) => error instanceof AppError && error.code === "stripe_unavailable";

async function requireCharge(token: string): Promise<Charge> {
  const charge = await readCharge(readPaymentLink(token));
  if (!charge) throw notFound("payment");
  return charge;
}
