import type Stripe from "stripe";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { type Charge, lockCharge } from "./charge";
import { nextAttemptAt } from "./dunning";

export type ChargeOutcome =
  | { outcome: "paid" }
  /** `last`: there is no further attempt. */
  | { outcome: "failed"; code: string; last: boolean }
  /** It ended otherwise meanwhile; money that came all the same is on its way back. */
  | { outcome: "ended" };

/**
 * Brings a charge in line with a PaymentIntent that Stripe shows as paid or closed, whoever learns of it (the run that
 * charges, the customer's return, a webhook), in any order and any number of times. Money for a charge that has ended is
 * written down, for `closeCharge` to send back. Returns whether the charge is paid.
 */
export async function syncSubscriptionCharge(chargeId: string, intent: Stripe.PaymentIntent): Promise<boolean> {
  return transaction(async (tx) => {
    const charge = await lockCharge(tx, chargeId);
    if (!charge) return false;
    if (intent.status === "succeeded") await markPaid(tx, charge, intent);
    if (intent.status === "canceled")
      await tx.$executeRaw`UPDATE subscription_charges SET intent_open = false, updated_at = ${now()} WHERE id = ${chargeId}`;
    return charge.status === "paid" || (charge.status === "open" && intent.status === "succeeded");
  });
}

async function markPaid(tx: Tx, { id, subscriptionId, status }: Charge, intent: Stripe.PaymentIntent): Promise<void> {
  const at = now();
  await tx.$executeRaw`
    UPDATE subscription_charges SET captured = ${intent.amount_received}, intent_id = ${intent.id}, intent_open = false,
      status = CASE WHEN status = 'open' THEN 'paid' ELSE status END, paid_at = ${at}, updated_at = ${at}
    WHERE id = ${id} AND captured = 0`;
  if (status === "open")
    await tx.$executeRaw`
      UPDATE subscriptions SET status = 'active', updated_at = ${at} WHERE id = ${subscriptionId} AND status <> 'cancelled'`;
}

/**
 * An attempt has failed: when the next one is due follows from the first failure. Recording it twice is recording it once.
 */
export async function recordFailure(chargeId: string, attempt: number, code: string): Promise<ChargeOutcome> {
  return transaction(async (tx): Promise<ChargeOutcome> => {
    const charge = await lockCharge(tx, chargeId);
    if (charge?.status !== "open") return charge?.status === "paid" ? { outcome: "paid" } : { outcome: "ended" };
    const at = now();
    const next = nextAttemptAt(charge.firstFailedAt ?? at, attempt);
    await tx.$executeRaw`
      UPDATE subscription_charges SET attempt = ${attempt}, failure_code = ${code}, first_failed_at = coalesce(first_failed_at, ${at}),
        next_attempt_at = coalesce(${next}, next_attempt_at), updated_at = ${at}
      WHERE id = ${chargeId} AND attempt < ${attempt}`;
    await tx.$executeRaw`
      UPDATE subscriptions SET status = 'past_due', updated_at = ${at} WHERE id = ${charge.subscriptionId} AND status = 'active'`;
    return { outcome: "failed", code, last: next === null };
  });
}
