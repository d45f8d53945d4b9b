import { z } from "zod";
import { HOUR, now } from "../clock";
import { db, lockUser, type Tx } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { newId } from "../ids";
import type { Subscription } from "../models";
import { type Publish, withOutbox } from "../outbox";
import { payAgainSchema } from "../payments/payment-policy";
import { enforceRateLimit, type RateLimit } from "../rate-limit";
import { cancelledEvent, endSubscription } from "./charge";
import { chargeDueEvent, newCharge } from "./due-charges";
import { periodStart } from "./periods";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

/** The body of `POST /api/account/subscription`. */
export const subscribeSchema = z.strictObject({
  planId: z.string().regex(/^plan_\w{1,60}$/, "must be the id of a plan"),
  ...payAgainSchema.shape,
});

/** The body of `PATCH /api/account/subscription`, which changes the card. */
export const changeCardSchema = payAgainSchema;

export type Subscribe = z.output<typeof subscribeSchema>;

/** More cards than this are rather a test of stolen ones. */
const CARDS_PER_USER: RateLimit = { count: 10, periodMs: HOUR };

type LiveSubscription = Pick<Subscription, "id" | "planId" | "cancelAtPeriodEnd" | "cancelRequestedAt">;

/**
 * Subscribes a user to a plan at its current price. A workflow charges the first period at once, and the subscription is
 * incomplete until it is paid. Subscribing again to a plan that ends with its period withdraws the cancellation.
 *
 * @throws AppError `validation_failed` (422) for an unknown plan, `already_subscribed` (409), `too_many_requests` (429)
 */
export async function subscribe(userId: string, request: Subscribe): Promise<SubscriptionView | null> {
  await enforceRateLimit(db(), `subscribe:${userId}`, CARDS_PER_USER);
  await withOutbox(async (tx, publish) => {
    // Of two concurrent requests, the second waits here and then finds the first one's subscription.
    await lockUser(tx, userId);
    // This waits for a subscription that is just ending. It is not resumed any more, and a new one starts.
    const live = await lockLiveSubscription(tx, userId);
    return live ? resume(tx, live, request) : start(tx, userId, request, publish);
  });
  return viewSubscription(userId);
}

/** Locks the subscription of a user that has not ended until the transaction ends, and returns it. */
async function lockLiveSubscription(tx: Tx, userId: string): Promise<LiveSubscription | undefined> {
  const [live] = await tx.$queryRaw<LiveSubscription[]>`
    SELECT id, plan_id AS "planId", cancel_at_period_end AS "cancelAtPeriodEnd", cancel_requested_at AS "cancelRequestedAt"
    FROM subscriptions WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
  return live;
}

async function resume(tx: Tx, live: LiveSubscription, { planId, paymentMethod }: Subscribe): Promise<void> {
  if (!live.cancelAtPeriodEnd || live.planId !== planId)
    throw conflict(
      "already_subscribed",
      "You already have a subscription. It must end before you can start another one.",
    );
  await tx.subscription.update({
    where: { id: live.id },
    data: { cancelAtPeriodEnd: false, cancelRequestedAt: null, paymentMethod, attachedMethod: null, updatedAt: now() },
  });
}

async function start(tx: Tx, userId: string, request: Subscribe, publish: Publish): Promise<void> {
  const { planId, paymentMethod } = request;
  const plan = await tx.plan.findUnique({ where: { id: planId, active: true } });
  if (!plan) throw invalid("There is no such plan.", [{ path: "planId", message: "is not an active plan" }]);
  const at = now();
  const { amount, currency, interval } = plan;
  const subscription = { id: newId("sub"), amount, currency, interval, anchorAt: at };
  await tx.subscription.create({
    data: {
      ...{ ...subscription, userId, planId, status: "incomplete", paymentMethod },
      ...{ nextPeriod: 1, nextDueAt: periodStart(subscription, 1), createdAt: at, updatedAt: at },
    },
  });
  const charge = newCharge(subscription, 0, at, "open");
  await tx.subscriptionCharge.create({ data: { ...charge, nextAttemptAt: at, triggerCount: 1, triggeredAt: at } });
  publish(chargeDueEvent({ id: charge.id, attempt: 0, triggerCount: 1 }));
}

/**
 * Sets the payment method for the next attempt. During dunning, the customer can pay with it at once through the link of the email.
 * @throws AppError `not_found` (404) without a live subscription, `too_many_requests` (429)
 */
export async function changeCard(userId: string, paymentMethod: string): Promise<SubscriptionView | null> {
  await enforceRateLimit(db(), `subscribe:${userId}`, CARDS_PER_USER);
  const { count } = await db().subscription.updateMany({
    where: { userId, status: { not: "cancelled" } },
    data: { paymentMethod, attachedMethod: null, updatedAt: now() },
  });
  if (count === 0) throw notFound("subscription");
  return viewSubscription(userId);
}

/**
 * Cancels a user's subscription: at the end of the paid period, or at once if the current period is not paid. Nothing is charged
 * afterwards, and a payment that Stripe takes at that moment is refunded. Cancelling twice has the effect of once. If a manager
 * cancels it for the customer, a note says so.
 *
 * @throws AppError `not_found` (404) without a live subscription
 */
export async function cancelSubscription(userId: string, managerId?: string): Promise<SubscriptionView | null> {
  await withOutbox(async (tx, publish) => {
    if (managerId) await lockUser(tx, userId, () => notFound("subscription"));
    const live = await lockLiveSubscription(tx, userId);
    if (!live) throw notFound("subscription");
    const at = now();
    if (managerId && !live.cancelRequestedAt) {
      const text = "Cancelled the subscription, because the customer asked for it.";
      await tx.note.create({ data: { id: newId("note"), userId, text, writtenBy: managerId, createdAt: at } });
    }
    // A separate statement: one that waited for the lock would not see the charges inserted meanwhile.
    if ((await tx.subscriptionCharge.count({ where: { subscriptionId: live.id, status: "open" } })) > 0)
      await endSubscription(tx, live.id, "customer");
    else
      await tx.subscription.updateMany({
        where: { id: live.id, cancelAtPeriodEnd: false },
        data: { cancelAtPeriodEnd: true, cancelRequestedAt: at, updatedAt: at },
      });
    publish(cancelledEvent(live.id, (live.cancelRequestedAt ?? at).getTime()));
  });
  return viewSubscription(userId);
}
