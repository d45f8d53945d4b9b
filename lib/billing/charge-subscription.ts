import Stripe from "stripe";
import { AppError } from "../errors";
import { fingerprint } from "../ids";
import { callStripe, createPaymentIntent, isReplayedError } from "../stripe";
import { type Charge, claimChargePaymentIntent, readCharge, renewChargeKey } from "./charge";
import { nextAttemptAt } from "./dunning";
import { type ChargeableCard, chargeableCard } from "./stripe-customer";
import { type ChargeOutcome, recordFailure, syncSubscriptionCharge } from "./sync-subscription-charge";

/**
 * Makes one attempt to charge a period, with the card that the subscription has now, without its owner being there. A period
 * has one PaymentIntent, which succeeds at most once, so that no number of attempts, runs or retries charges it twice.
 *
 * @throws AppError `stripe_unavailable`, with `retry`: then the attempt has not failed, and goes on when Stripe is back.
 */
export async function chargeSubscription(
  chargeId: string,
  attempt: number,
): Promise<ChargeOutcome | { outcome: "unknown" }> {
  const charge = await readCharge(chargeId);
  if (!charge) return { outcome: "unknown" };
  if (charge.status !== "open") return charge.status === "paid" ? { outcome: "paid" } : { outcome: "ended" };
  if (charge.attempt >= attempt || isLast(charge)) return recorded(charge, attempt);
  try {
    const card = await chargeableCard(charge);
    const made = charge.intentId ?? (await createChargeIntent(charge, card));
    const intentId = await claimChargePaymentIntent(charge, made);
    if (!intentId) return abandon(chargeId, made);
    return await settle(charge, attempt, await confirm(charge, attempt, intentId, card));
  } catch (error) {
    // Stripe repeats its own errors under a key, and its refusals: the next attempt is to be a new question.
    const refused = error instanceof Stripe.errors.StripeError;
    if (refused || isReplayedError(error)) await renewChargeKey(charge);
    if (!refused) throw error;
    return recordFailure(chargeId, attempt, error.decline_code || error.code || error.type);
  }
}

/** Whether the last attempt of the dunning has failed. */
const isLast = ({ attempt, firstFailedAt }: Charge) =>
  firstFailedAt !== null && nextAttemptAt(firstFailedAt, attempt) === null;

/** The attempt has failed before: the run that saw it was lost before it could say so, or end the subscription. */
function recorded(charge: Charge, attempt: number): ChargeOutcome {
  if (isLast(charge)) return { outcome: "failed", code: charge.failureCode ?? "declined", last: true };
  if (charge.attempt > attempt) return { outcome: "ended" };
  return { outcome: "failed", code: charge.failureCode ?? "declined", last: false };
}

/** The PaymentIntent of a charge, not confirmed yet. */
export async function createChargeIntent(charge: Charge, { customerId }: ChargeableCard): Promise<string> {
  const { id, subscriptionId, amount, currency, planName, idempotencyKey, tries } = charge;
  const intent = await createPaymentIntent(`${idempotencyKey}:${tries}`, {
    amount,
    currency: currency.toLowerCase(),
    customer: customerId,
    allowed_payment_method_types: ["card"],
    description: planName,
    metadata: { subscription_charge_id: id, subscription_id: subscriptionId },
  });
  return intent.id;
}

async function abandon(chargeId: string, intentId: string): Promise<ChargeOutcome> {
  const intent = await callStripe((stripe) => stripe.paymentIntents.cancel(intentId));
  await syncSubscriptionCharge(chargeId, intent);
  return { outcome: "ended" };
}

async function confirm(
  { idempotencyKey, tries }: Charge,
  attempt: number,
  intentId: string,
  { methodId }: ChargeableCard,
): Promise<Stripe.PaymentIntent> {
  // The card is part of the key: with another one, a second try of the same attempt is another request.
  const options = { idempotencyKey: `${idempotencyKey}:${tries}:${attempt}:${fingerprint(methodId).slice(0, 16)}` };
  try {
    return await callStripe((stripe) =>
      stripe.paymentIntents.confirm(intentId, { payment_method: methodId, off_session: true }, options),
    );
  } catch (error) {
    // A decline, a demand for 3-D Secure, and "it has succeeded or was closed already", all leave the truth on the intent.
    const told =
      error instanceof Stripe.errors.StripeError &&
      (error.type === "StripeCardError" || error.code === "payment_intent_unexpected_state");
    if (!told) throw error;
    return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  }
}

async function settle(charge: Charge, attempt: number, intent: Stripe.PaymentIntent): Promise<ChargeOutcome> {
  if (intent.status === "succeeded")
    return (await syncSubscriptionCharge(charge.id, intent)) ? { outcome: "paid" } : { outcome: "ended" };
  // Cancelled by hand in Stripe's dashboard, or by an end that could not be written down: it is not charged any more.
  if (intent.status === "canceled") return recordFailure(charge.id, attempt, "canceled");
  if (intent.status !== "requires_payment_method")
    throw new AppError("payment_undecided", 503, `PaymentIntent ${intent.id} is ${intent.status}.`, { retry: true });
  const error = intent.last_payment_error;
  return recordFailure(charge.id, attempt, error?.decline_code || error?.code || "declined");
}
