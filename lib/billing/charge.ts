import type Stripe from "stripe";
import { now } from "../clock";
import { db, type Prisma, type Row, type Tx, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { nextAttemptAt } from "./periods";

/** The fields of the subscription that a charge needs. */
export const CHARGE_RELATIONS = {
  subscription: { include: { plan: true, user: { include: { billing: true } } } },
} satisfies Prisma.SubscriptionChargeInclude;

/** The charge of one period, with its subscription, plan and customer. `attempt` counts the attempts that have ended. */
export type Charge = Row<"subscriptionCharge", { include: typeof CHARGE_RELATIONS }>;

export function readCharge(id: string, tx: Tx = db()): Promise<Charge | null> {
  return tx.subscriptionCharge.findUnique({ where: { id }, include: CHARGE_RELATIONS });
}

/** Returns the charge after locking its subscription. Every change to a charge holds this lock. */
export async function lockCharge(tx: Tx, chargeId: string): Promise<Charge | null> {
  await tx.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM subscriptions s JOIN subscription_charges c ON c.subscription_id = s.id WHERE c.id = ${chargeId} FOR UPDATE OF s`;
  return readCharge(chargeId, tx);
}

export type ChargeOutcome =
  /** `ended`: the charge ended without this attempt. Money that still arrived is refunded. */
  | { outcome: "paid" | "ended" }
  /** `last`: there is no further attempt. */
  | { outcome: "failed"; code: string; last: boolean };

/**
 * Updates a charge from a PaymentIntent that Stripe shows as succeeded or canceled. The charging run, the customer's return and a
 * webhook may call it in any order and any number of times. Money for a charge that has ended is recorded, and `closeCharge`
 * refunds it. Returns whether the charge is paid.
 */
export async function syncSubscriptionCharge(chargeId: string, intent: Stripe.PaymentIntent): Promise<boolean> {
  return transaction(async (tx) => {
    const charge = await lockCharge(tx, chargeId);
    if (!charge) return false;
    if (intent.status === "succeeded") await recordPayment(tx, charge, intent);
    if (intent.status === "canceled")
      await tx.subscriptionCharge.update({ where: { id: chargeId }, data: { intentOpen: false, updatedAt: now() } });
    return charge.status === "paid" || (charge.status === "open" && intent.status === "succeeded");
  });
}

async function recordPayment(
  tx: Tx,
  { id, subscriptionId, status }: Charge,
  intent: Stripe.PaymentIntent,
): Promise<void> {
  const at = now();
  await tx.subscriptionCharge.updateMany({
    where: { id, captured: 0 },
    data: {
      captured: intent.amount_received,
      intentId: intent.id,
      intentOpen: false,
      status: status === "open" ? "paid" : status,
      paidAt: at,
      updatedAt: at,
    },
  });
  if (status === "open")
    await tx.subscription.updateMany({
      where: { id: subscriptionId, status: { not: "cancelled" } },
      data: { status: "active", updatedAt: at },
    });
}

/** Records a failed attempt. The next attempt's time follows from the first failure. Recording it twice has the effect of once. */
export async function recordFailure(chargeId: string, attempt: number, code: string): Promise<ChargeOutcome> {
  return transaction(async (tx): Promise<ChargeOutcome> => {
    const charge = await lockCharge(tx, chargeId);
    if (charge?.status !== "open") return { outcome: charge?.status === "paid" ? "paid" : "ended" };
    const at = now();
    const firstFailedAt = charge.firstFailedAt ?? at;
    const next = nextAttemptAt(firstFailedAt, attempt);
    await tx.subscriptionCharge.updateMany({
      where: { id: chargeId, attempt: { lt: attempt } },
      data: { attempt, failureCode: code, firstFailedAt, nextAttemptAt: next ?? charge.nextAttemptAt, updatedAt: at },
    });
    await tx.subscription.updateMany({
      where: { id: charge.subscriptionId, status: "active" },
      data: { status: "past_due", updatedAt: at },
    });
    return { outcome: "failed", code, last: next === null };
  });
}

/** Ends a subscription and its open charge. The transaction must hold the lock on the subscription. */
export async function endSubscription(tx: Tx, subscriptionId: string, reason: string): Promise<void> {
  const at = now();
  await tx.$executeRaw`
    UPDATE subscription_charges SET status = 'failed', failure_code = coalesce(failure_code, ${reason}), updated_at = ${at}
    WHERE subscription_id = ${subscriptionId} AND status = 'open'`;
  await tx.subscription.updateMany({
    where: { id: subscriptionId, status: { not: "cancelled" } },
    data: { status: "cancelled", cancelledAt: at, endReason: reason, updatedAt: at },
  });
}

/**
 * Triggers `end-subscription`, once for each `cause`: the time of the cancellation, the period that does not start any more, or
 * what has ended it.
 */
export function cancelledEvent(subscriptionId: string, cause: string | number): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CANCELLED,
    id: `subscription-cancelled:${subscriptionId}:${cause}`,
    data: { subscriptionId },
  };
}
