import { now } from "../clock";
import type { Tx } from "../db";
import { notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { withOutbox } from "../outbox";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

/**
 * Cancels a user's subscription: at the end of the paid period, or at once if the current period is not paid. Nothing is charged
 * afterwards, and a payment that Stripe takes at that moment is refunded. Cancelling twice has the effect of once.
 *
 * @throws AppError `not_found` (404) without a live subscription.
 */
export async function cancelSubscription(userId: string): Promise<SubscriptionView | null> {
  await withOutbox(async (tx, publish) => {
    const [live] = await tx.$queryRaw<{ id: string; nextPeriod: number }[]>`
      SELECT id, next_period AS "nextPeriod" FROM subscriptions WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
    if (!live) throw notFound("subscription");
    // A separate statement: one that waited for the lock would not see the charges inserted meanwhile.
    if ((await tx.subscriptionCharge.count({ where: { subscriptionId: live.id, status: "open" } })) > 0)
      await endSubscription(tx, live.id, "customer");
    else
      await tx.subscription.updateMany({
        where: { id: live.id, cancelAtPeriodEnd: false },
        data: { cancelAtPeriodEnd: true, updatedAt: now() },
      });
    publish(cancelledEvent(live.id, live.nextPeriod));
  });
  return viewSubscription(userId);
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

/** Triggers `end-subscription`. `period` distinguishes a cancellation that was withdrawn from the next one. */
export function cancelledEvent(subscriptionId: string, period: number): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CANCELLED,
    id: `subscription-cancelled:${subscriptionId}:${period}`,
    data: { subscriptionId },
  };
}
