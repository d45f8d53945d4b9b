import { now } from "../clock";
import type { Tx } from "../db";
import { conflict, invalid } from "../errors";
import { newId } from "../ids";
import { type Publish, withOutbox } from "../outbox";
import { newCharge } from "./open-charges";
import { periodStart } from "./periods";
import type { Subscribe } from "./request";
import { chargeDueEvent } from "./trigger-due-charges";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

interface LiveSubscription {
  id: string;
  planId: string;
  cancelAtPeriodEnd: boolean;
}

/**
 * Subscribes a user to a plan at its current price. A workflow charges the first period at once, and the subscription is
 * incomplete until it is paid. Subscribing again to a plan that ends with its period withdraws the cancellation.
 *
 * @throws AppError `validation_failed` (422) for an unknown plan, `already_subscribed` (409)
 */
export async function subscribe(userId: string, request: Subscribe): Promise<SubscriptionView | null> {
  await withOutbox(async (tx, publish) => {
    // Of two concurrent requests, the second waits here and then finds the first one's subscription.
    await tx.$queryRaw<{ id: string }[]>`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
    // This waits for a subscription that is just ending. It is not resumed any more, and a new one starts.
    const [live] = await tx.$queryRaw<LiveSubscription[]>`
      SELECT id, plan_id AS "planId", cancel_at_period_end AS "cancelAtPeriodEnd" FROM subscriptions
      WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
    return live ? resume(tx, live, request) : start(tx, userId, request, publish);
  });
  return viewSubscription(userId);
}

async function resume(tx: Tx, live: LiveSubscription, { planId, paymentMethod }: Subscribe): Promise<void> {
  if (!live.cancelAtPeriodEnd || live.planId !== planId)
    throw conflict(
      "already_subscribed",
      "You already have a subscription. It must end before you can start another one.",
    );
  await tx.subscription.update({
    where: { id: live.id },
    data: { cancelAtPeriodEnd: false, paymentMethod, attachedMethod: null, updatedAt: now() },
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
      ...subscription,
      userId,
      planId,
      status: "incomplete",
      paymentMethod,
      nextPeriod: 1,
      nextDueAt: periodStart(subscription, 1),
      createdAt: at,
      updatedAt: at,
    },
  });
  const charge = newCharge(subscription, 0, at, "open");
  await tx.subscriptionCharge.create({ data: { ...charge, nextAttemptAt: at, triggerCount: 1, triggeredAt: at } });
  publish(chargeDueEvent({ id: charge.id, attempt: 0, triggerCount: 1 }));
}
