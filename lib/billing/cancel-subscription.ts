import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

/**
 * Ends a subscription at its user's wish: with the period that is paid, or at once when the present one is not. Nothing is
 * charged afterwards; what Stripe took in that very moment goes back. Cancelling twice is cancelling once.
 *
 * @throws AppError `not_found` (404) without a live subscription.
 */
export async function cancelSubscription(userId: string): Promise<SubscriptionView | null> {
  const event = await transaction(async (tx) => {
    const [live] = await tx.$queryRaw<{ id: string; nextPeriod: number }[]>`
      SELECT id, next_period AS "nextPeriod" FROM subscriptions WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
    if (!live) throw notFound("subscription");
    if (await hasOpenCharge(tx, live.id)) await endSubscription(tx, live.id, "customer");
    else
      await tx.$executeRaw`
        UPDATE subscriptions SET cancel_at_period_end = true, updated_at = ${now()} WHERE id = ${live.id} AND NOT cancel_at_period_end`;
    const told = cancelledEvent(live.id, live.nextPeriod);
    await enqueue(tx, [told]);
    return told;
  });
  await announce([event]);
  return viewSubscription(userId);
}

/** Asked once the lock is held, in a statement of its own: one that waited for the lock would not see what came meanwhile. */
async function hasOpenCharge(tx: Tx, subscriptionId: string): Promise<boolean> {
  const open = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM subscription_charges WHERE subscription_id = ${subscriptionId} AND status = 'open' LIMIT 1`;
  return open.length > 0;
}

/** The writes of an end, in a transaction that holds the lock on the subscription: what is open is not asked for again. */
export async function endSubscription(tx: Tx, subscriptionId: string, reason: string): Promise<void> {
  const at = now();
  await tx.$executeRaw`
    UPDATE subscription_charges SET status = 'failed', failure_code = coalesce(failure_code, ${reason}), updated_at = ${at}
    WHERE subscription_id = ${subscriptionId} AND status = 'open'`;
  await tx.$executeRaw`
    UPDATE subscriptions SET status = 'cancelled', cancelled_at = ${at}, end_reason = ${reason}, updated_at = ${at}
    WHERE id = ${subscriptionId} AND status <> 'cancelled'`;
}

/** Sets going what is left to do for an end; `period` tells one that was taken back from the next. */
export function cancelledEvent(subscriptionId: string, period: number): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CANCELLED,
    id: `subscription-cancelled:${subscriptionId}:${period}`,
    data: { subscriptionId },
  };
}
