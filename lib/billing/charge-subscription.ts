import Stripe from "stripe";
import { AppError } from "../errors";
import { fingerprint } from "../ids";
import { callStripe, createPaymentIntent, isReplayedError } from "../stripe";
import { type Charge, claimChargePaymentIntent, readCharge, renewChargeKey } from "./charge";
import { nextAttemptAt } from "./periods";
import { type ChargeableCard, chargeableCard } from "./stripe-customer";
import { type ChargeOutcome, recordFailure, syncSubscriptionCharge } from "./sync-subscription-charge";

/**
 * Makes one off-session attempt to charge a period with the subscription's current card. A period has one PaymentIntent, which
 * succeeds at most once, so no number of attempts, runs or retries charges twice.
 *
 * @throws AppError `stripe_unavailable`, with `retry`: the attempt has not failed and continues when Stripe is back.
 */
export async function chargeSubscription(
  chargeId: string,
  attempt: number,
): Promise<ChargeOutcome | { outcome: "unknown" }> {
  const charge = await readCharge(chargeId);
  if (!charge) return { outcome: "unknown" };
  if (charge.status !== "open") return { outcome: charge.status === "paid" ? "paid" : "ended" };
  if (charge.attempt >= attempt || isExhausted(charge)) return recordedOutcome(charge, attempt);
  try {
    const card = await chargeableCard(charge);
    const created = charge.intentId ?? (await createChargeIntent(charge, card));
    const intentId = await claimChargePaymentIntent(charge, created);
    if (!intentId) {
      await syncSubscriptionCharge(chargeId, await callStripe((stripe) => stripe.paymentIntents.cancel(created)));
      return { outcome: "ended" };
    }
    return await recordOutcome(charge, attempt, await confirm(charge, attempt, intentId, card));
  } catch (error) {
    // Stripe replays its own errors and its refusals under the same key. The next attempt needs a new one.
    const refused = error instanceof Stripe.errors.StripeError;
    if (refused || isReplayedError(error)) await renewChargeKey(charge);
    if (!refused) throw error;
    return recordFailure(chargeId, attempt, error.decline_code || error.code || error.type);
  }
}

/** Returns whether the last attempt of the dunning has failed. */
const isExhausted = ({ attempt, firstFailedAt }: Charge) =>
  firstFailedAt !== null && nextAttemptAt(firstFailedAt, attempt) === null;

/** The outcome of an attempt that failed earlier: its run was lost before it could report that or end the subscription. */
function recordedOutcome(charge: Charge, attempt: number): ChargeOutcome {
  const last = isExhausted(charge);
  if (!last && charge.attempt > attempt) return { outcome: "ended" };
  return { outcome: "failed", code: charge.failureCode ?? "declined", last };
}

/** Creates the PaymentIntent of a charge without confirming it. Returns its id. */
export async function createChargeIntent(charge: Charge, { customerId }: ChargeableCard): Promise<string> {
  const { id, subscriptionId, subscription, amount, currency, idempotencyKey, idempotencyKeyVersion } = charge;
  const intent = await createPaymentIntent(`${idempotencyKey}:${idempotencyKeyVersion}`, {
    amount,
    currency: currency.toLowerCase(),
    customer: customerId,
    allowed_payment_method_types: ["card"],
    description: subscription.plan.name,
    metadata: { subscription_charge_id: id, subscription_id: subscriptionId },
  });
  return intent.id;
}

async function confirm(
  { idempotencyKey, idempotencyKeyVersion }: Charge,
  attempt: number,
  intentId: string,
  { methodId }: ChargeableCard,
): Promise<Stripe.PaymentIntent> {
  // The card is part of the key: a retry of the attempt with another card is another request.
  const card = fingerprint(methodId).slice(0, 16);
  const options = { idempotencyKey: `${idempotencyKey}:${idempotencyKeyVersion}:${attempt}:${card}` };
  try {
    return await callStripe((stripe) =>
      stripe.paymentIntents.confirm(intentId, { payment_method: methodId, off_session: true }, options),
    );
  } catch (error) {
    // After a decline, a request for 3-D Secure, or "it has succeeded or is canceled", the intent has the current state.
    const onIntent =
      error instanceof Stripe.errors.StripeError &&
      (error.type === "StripeCardError" || error.code === "payment_intent_unexpected_state");
    if (!onIntent) throw error;
    return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  }
}

async function recordOutcome(charge: Charge, attempt: number, intent: Stripe.PaymentIntent): Promise<ChargeOutcome> {
  if (intent.status === "succeeded")
    return { outcome: (await syncSubscriptionCharge(charge.id, intent)) ? "paid" : "ended" };
  // Canceled in Stripe's dashboard, or by an end that could not be stored: the intent cannot be charged any more.
  if (intent.status === "canceled") return recordFailure(charge.id, attempt, "canceled");
  if (intent.status !== "requires_payment_method")
    throw new AppError("payment_undecided", 503, `PaymentIntent ${intent.id} is ${intent.status}.`, { retry: true });
  const error = intent.last_payment_error;
  return recordFailure(charge.id, attempt, error?.decline_code || error?.code || "declined");
}
