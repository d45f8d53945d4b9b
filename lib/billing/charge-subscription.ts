import Stripe from "stripe";
import { now } from "../clock";
import { db } from "../db";
import { AppError } from "../errors";
import { fingerprint } from "../ids";
import { installationId } from "../installation";
import {
  callStripe,
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  withIdempotencyKey,
} from "../stripe";
import { type Charge, type ChargeOutcome, readCharge, recordFailure, syncSubscriptionCharge } from "./charge";
import { nextAttemptAt } from "./periods";

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
    return await withIdempotencyKey("subscription_charges", charge, async (key): Promise<ChargeOutcome> => {
      const payment = await preparePayment(charge, key);
      if (!payment) return { outcome: "ended" };
      const { intentId, methodId } = payment;
      // A payment by link, with the same intent, sets `setup_future_usage`. Stripe refuses it together with `off_session`.
      const params = { payment_method: methodId, off_session: true, setup_future_usage: "" } as const;
      // The parameters are part of the key: a retry of the attempt with another card is another request.
      const confirmKey = `${key}:${attempt}:${fingerprint(params).slice(0, 16)}`;
      return recordOutcome(charge, attempt, await confirmPaymentIntent(intentId, params, confirmKey));
    });
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
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

/**
 * Returns the PaymentIntent of a charge and the card to confirm it with; undefined if the charge has ended. The intent, the
 * customer and the attached card are created at first use and stored.
 * @throws a Stripe error if the card cannot be attached, which is a failed attempt.
 */
export async function preparePayment(
  charge: Charge,
  key: string,
): Promise<{ intentId: string; methodId: string } | undefined> {
  const { id, subscriptionId, subscription, amount, currency, idempotencyKeyVersion } = charge;
  const { user, plan, attachedMethod } = subscription;
  const customerId = user.billing?.customerId ?? (await createCustomer(user, idempotencyKeyVersion));
  const methodId = attachedMethod ?? (await attachCard(charge, customerId));
  const createIntent = async () =>
    createPaymentIntent(key, {
      amount,
      currency: currency.toLowerCase(),
      customer: customerId,
      allowed_payment_method_types: ["card"],
      description: plan.name,
      metadata: {
        subscription_charge_id: id,
        subscription_id: subscriptionId,
        installation_id: await installationId(),
      },
    });
  const created = charge.intentId ?? (await createIntent()).id;
  const intentId = await claimPaymentIntent(charge, created);
  if (intentId) return { intentId, methodId };
  await syncSubscriptionCharge(id, await cancelPaymentIntent(created));
  return undefined;
}

/** If Stripe creates two customers, because an answer was lost for longer than a key lives, the first stored one is used. */
async function createCustomer({ id: userId, email }: { id: string; email: string }, version: number): Promise<string> {
  const options = { idempotencyKey: `customer:${userId}:${version}` };
  const { id } = await callStripe((stripe) =>
    stripe.customers.create({ email, metadata: { user_id: userId } }, options),
  );
  await db().billingCustomer.createMany({ data: { userId, customerId: id, createdAt: now() }, skipDuplicates: true });
  // The account may have been deleted since the call. The foreign key waits for a deletion that has not committed yet.
  await db().billingCustomer.updateMany({
    where: { userId, endedAt: null, user: { deletedAt: { not: null } } },
    data: { endedAt: now() },
  });
  return (await db().billingCustomer.findUniqueOrThrow({ where: { userId } })).customerId;
}

async function attachCard(charge: Charge, customer: string): Promise<string> {
  const { subscriptionId, subscription, idempotencyKeyVersion } = charge;
  const { paymentMethod } = subscription;
  const idempotencyKey = `attach:${fingerprint({ customer, paymentMethod }).slice(0, 32)}:${idempotencyKeyVersion}`;
  const { id } = await callStripe((stripe) =>
    stripe.paymentMethods.attach(paymentMethod, { customer }, { idempotencyKey }),
  );
  await db().subscription.updateMany({
    where: { id: subscriptionId, paymentMethod },
    data: { attachedMethod: id },
  });
  return id;
}

/**
 * Stores the PaymentIntent's id before the intent is confirmed. If two intents were created at once, the first stored id is used,
 * and the other intent is never confirmed. Returns the stored id, or undefined if the charge has ended.
 */
async function claimPaymentIntent({ id, subscriptionId }: Charge, intentId: string): Promise<string | undefined> {
  const [claimed] = await db().$queryRaw<{ intentId: string }[]>`
    WITH locked AS (SELECT id FROM subscriptions WHERE id = ${subscriptionId} FOR SHARE)
    UPDATE subscription_charges c SET intent_id = coalesce(c.intent_id, ${intentId}), intent_open = true, updated_at = ${now()}
    FROM locked WHERE c.subscription_id = locked.id AND c.id = ${id} AND c.status = 'open' RETURNING c.intent_id AS "intentId"`;
  return claimed?.intentId;
}
