import Stripe from "stripe";
import { AppError, conflict, notFound } from "../errors";
import type { Money } from "../money";
import { callStripe } from "../stripe";
import { type Charge, claimChargePaymentIntent, readCharge, renewChargeKey } from "./charge";
import { createChargeIntent } from "./charge-subscription";
import { pageOf, readPaymentLink } from "./pay-link";
import { notifyCharge } from "./send-billing-email";
import { chargeableCard } from "./stripe-customer";
import { syncSubscriptionCharge } from "./sync-subscription-charge";

export interface DueCharge {
  planName: string;
  amount: Money;
  state: "due" | "paid" | "ended";
}

/** What a link leads to. @throws AppError `link_invalid` (400), `link_expired` (410), `not_found` (404) */
export async function openPaymentLink(token: string): Promise<DueCharge> {
  const charge = await requireCharge(token);
  if (charge.status === "open" && charge.intentId) await refresh(charge.id, charge.intentId);
  const { planName, amount, currency, status } = (await readCharge(charge.id)) ?? charge;
  const state = status === "open" ? "due" : status === "paid" ? "paid" : "ended";
  return { planName, amount: { amount, currency }, state };
}

/** The customer may come back from the bank before the webhook does; while Stripe is down, our own books have to do. */
async function refresh(chargeId: string, intentId: string): Promise<void> {
  try {
    await record(chargeId, await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)));
  } catch (error) {
    if (!isDown(error)) throw error;
  }
}

/** Records what became of the payment; the webhook will find it known, so the receipt is written here. */
async function record(chargeId: string, intent: Stripe.PaymentIntent): Promise<boolean> {
  const paid = await syncSubscriptionCharge(chargeId, intent);
  if (paid) await notifyCharge(chargeId, 0);
  return paid;
}

/** `settled`: there is nothing more to do; the page of the link tells how it ended. */
export type PayNow = { settled: true } | { authenticateAt: string } | { declined: string };

/**
 * Pays a charge with its owner there, with the subscription's present card: the one call to Stripe in a request, because what
 * it answers is where the customer goes next. It is the PaymentIntent of all other attempts, which succeeds at most once.
 *
 * @throws AppError `not_found` (404), `charge_ended` (409), and as `openPaymentLink`
 */
export async function payNow(token: string): Promise<PayNow> {
  const charge = await requireCharge(token);
  if (charge.status === "paid") return { settled: true };
  try {
    const card = await chargeableCard(charge);
    const intentId = await claimChargePaymentIntent(
      charge,
      charge.intentId ?? (await createChargeIntent(charge, card)),
    );
    if (!intentId) throw conflict("charge_ended", "This payment is no longer asked for.");
    const return_url = pageOf(token);
    const intent = await callStripe((stripe) =>
      stripe.paymentIntents.confirm(intentId, { payment_method: card.methodId, return_url }),
    );
    if (await record(charge.id, intent)) return { settled: true };
    const url = intent.next_action?.redirect_to_url?.url;
    return url
      ? { authenticateAt: url }
      : { declined: "Your bank has not answered yet. Please try again in a minute." };
  } catch (error) {
    return explain(error, charge);
  }
}

/** What stood in the way, for the customer to read; what nobody foresaw is thrown on. */
async function explain(error: unknown, charge: Charge): Promise<PayNow> {
  const { id, intentId } = charge;
  if (isDown(error)) return { declined: "Our payment service does not answer. Please try again in a few minutes." };
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  // Under the same key Stripe would repeat the refusal for a day.
  await renewChargeKey(charge);
  if (error.type === "StripeCardError") return { declined: error.message };
  if (error.code === "resource_missing") return { declined: "This card is not known. Please choose another one." };
  if (error.code !== "payment_intent_unexpected_state" || !intentId) throw error;
  await refresh(id, intentId);
  return { settled: true };
}

const isDown = (error: unknown) => error instanceof AppError && error.code === "stripe_unavailable";

async function requireCharge(token: string): Promise<Charge> {
  const charge = await readCharge(readPaymentLink(token));
  if (!charge) throw notFound("payment");
  return charge;
}
