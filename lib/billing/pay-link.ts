import Stripe from "stripe";
import { z } from "zod";
import { after, DAY } from "../clock";
import { appEnv } from "../env";
import { conflict, notFound } from "../errors";
import { readLink, signLink } from "../links";
import type { Money } from "../money";
import { callStripe } from "../stripe";
import { type Charge, claimIntent, readCharge } from "./charge";
import { createIntent } from "./charge-subscription";
import { recordIntent } from "./record-charge";
import { chargeableCard } from "./stripe-customer";

const PURPOSE = "subscription-payment";
const payloadSchema = z.object({ chargeId: z.string() });

/** Longer than any dunning lasts. */
const LIFETIME = 14 * DAY;

/** The address by which a customer pays what a charge without them could not: their bank asks for 3-D Secure, say. */
export function paymentUrl(chargeId: string, failedAt: Date): string {
  return `${appEnv().APP_URL}/billing/${signLink(PURPOSE, { chargeId }, after(LIFETIME, failedAt))}`;
}

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

/** The customer may come back from the bank before the webhook does. */
async function refresh(chargeId: string, intentId: string): Promise<void> {
  await recordIntent(chargeId, await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)));
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
    const intentId = charge.intentId ?? (await createIntent(charge, card));
    if (!(await claimIntent(charge, intentId))) throw conflict("charge_ended", "This payment is no longer asked for.");
    const return_url = `${appEnv().APP_URL}/billing/${token}`;
    const intent = await callStripe((stripe) =>
      stripe.paymentIntents.confirm(intentId, { payment_method: card.methodId, return_url }),
    );
    if (await recordIntent(charge.id, intent)) return { settled: true };
    const url = intent.next_action?.redirect_to_url?.url;
    return url
      ? { authenticateAt: url }
      : { declined: "Your bank has not answered yet. Please try again in a minute." };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return { declined: error.message };
    const code = error instanceof Stripe.errors.StripeError ? error.code : undefined;
    if (code === "payment_intent_unexpected_state" && charge.intentId) {
      await refresh(charge.id, charge.intentId);
      return { settled: true };
    }
    if (code === "resource_missing") return { declined: "This card is not known. Please choose another one." };
    throw error;
  }
}

async function requireCharge(token: string): Promise<Charge> {
  const { chargeId } = payloadSchema.parse(readLink(PURPOSE, token));
  const charge = await readCharge(chargeId);
  if (!charge) throw notFound("payment");
  return charge;
}
