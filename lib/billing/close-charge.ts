import Stripe from "stripe";
import { db, transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import { callStripe, isReplayedError } from "../stripe";
import { cancelledEvent, endSubscription } from "./cancel-subscription";
import { type Charge, lockCharge, readCharge, renewChargeKey } from "./charge";
import { listRefunds, recordRefunds } from "./record-refunds";
import { syncSubscriptionCharge } from "./sync-subscription-charge";

/** As many as one step closes in a minute, at two calls to Stripe for each. */
const PAGE = 100;

/**
 * The last attempt has failed: nobody can pay any more, and the subscription ends. Stripe is asked first; a customer who
 * paid in that very moment keeps the subscription. Returns whether it ended.
 *
 * @throws AppError `stripe_unavailable`, with `retry`.
 */
export async function failCharge(chargeId: string): Promise<boolean> {
  const charge = await readCharge(chargeId);
  if (charge?.status !== "open") return false;
  if (charge.intentId && (await syncSubscriptionCharge(chargeId, await cancelPaymentIntent(charge.intentId))))
    return false;
  const events: OutgoingEvent[] = [];
  await transaction(async (tx) => {
    events.length = 0;
    const open = await lockCharge(tx, chargeId);
    if (open?.status !== "open") return;
    await endSubscription(tx, open.subscriptionId, "unpaid");
    events.push(cancelledEvent(open.subscriptionId, -1));
    await enqueue(tx, events);
  });
  await announce(events);
  return events.length > 0;
}

/**
 * Makes sure that nobody can pay for a charge that has ended, and sends back what was paid in the last moment. Twice is once.
 * @throws AppError `stripe_unavailable`, with `retry`; the reconciler goes on when retries are used up.
 */
export async function closeCharge(chargeId: string): Promise<"closed" | "refunded" | "still open"> {
  const charge = await readCharge(chargeId);
  if (!charge || charge.status === "open" || charge.status === "paid") return "still open";
  if (charge.intentId && charge.captured === 0)
    await syncSubscriptionCharge(chargeId, await cancelPaymentIntent(charge.intentId));
  const closed = await readCharge(chargeId);
  if (!closed?.intentId || closed.captured === closed.refunded) return "closed";
  try {
    await refund(closed, closed.intentId);
  } catch (error) {
    if (isReplayedError(error)) await renewChargeKey(closed);
    throw error;
  }
  return "refunded";
}

/** Closes the charges of a subscription that has ended. */
export async function closeCharges(subscriptionId: string): Promise<number> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    SELECT id FROM subscription_charges WHERE subscription_id = ${subscriptionId} AND status IN ('failed', 'waived') AND (intent_open OR captured > refunded)`;
  for (const { id } of rows) await closeCharge(id);
  return rows.length;
}

/** Closes what has just been waived, at most `PAGE`. The sweep `unclosed-charges` repeats what fails. */
export async function closeEndedCharges(): Promise<{ done: number; failed: number }> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    SELECT id FROM subscription_charges WHERE status IN ('failed', 'waived') AND (intent_open OR captured > refunded) ORDER BY updated_at LIMIT ${PAGE}`;
  const result = { done: 0, failed: 0 };
  for (const { id } of rows)
    await closeCharge(id).then(
      () => result.done++,
      () => result.failed++,
    );
  return result;
}

async function cancelPaymentIntent(intentId: string): Promise<Stripe.PaymentIntent> {
  return callStripe((stripe) => stripe.paymentIntents.cancel(intentId)).catch((error) => {
    if (!(error instanceof Stripe.errors.StripeError) || error.code !== "payment_intent_unexpected_state") throw error;
    return callStripe((stripe) => stripe.paymentIntents.retrieve(intentId));
  });
}

/**
 * Sends back what has not gone back yet. Stripe is asked first what has, because it forgets a key after 24 hours, and because
 * somebody may have refunded a part in its dashboard. One of ours that a bank has refused is a person's to look into, who is told.
 */
async function refund({ id, captured, idempotencyKey, tries }: Charge, intentId: string): Promise<void> {
  const made = await listRefunds(intentId);
  await recordRefunds(id, made);
  const rest = captured - ((await readCharge(id))?.refunded ?? captured);
  if (rest === 0) return;
  if (made.some(({ status, metadata }) => status === "failed" && metadata?.subscription_charge_id === id)) return;
  const sent = await callStripe((stripe) =>
    stripe.refunds.create(
      { payment_intent: intentId, amount: rest, metadata: { subscription_charge_id: id } },
      { idempotencyKey: `${idempotencyKey}:${tries}:refund:${rest}` },
    ),
  );
  await recordRefunds(id, [sent]);
}
