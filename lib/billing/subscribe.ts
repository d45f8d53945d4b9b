import type { PlanInterval } from "@/prisma/generated/enums";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { conflict, invalid } from "../errors";
import type { OutgoingEvent } from "../events";
import { newId } from "../ids";
import type { Money } from "../money";
import { announce, enqueue } from "../outbox";
import { periodStart } from "./periods";
import type { Subscribe } from "./request";
import { chargeDueEvent } from "./trigger-due-charges";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

interface Plan extends Money {
  interval: PlanInterval;
}

interface Live {
  id: string;
  planId: string;
  cancelAtPeriodEnd: boolean;
}

/**
 * Subscribes a user to a plan at its present price. The first period is asked for at once, by a workflow: until it is paid
 * the subscription is incomplete. Subscribing again to a plan that was to end with its period takes that back.
 *
 * @throws AppError `validation_failed` (422) for an unknown plan, `already_subscribed` (409)
 */
export async function subscribe(userId: string, request: Subscribe): Promise<SubscriptionView | null> {
  const events: OutgoingEvent[] = [];
  await transaction(async (tx) => {
    events.length = 0;
    // Two requests at once: the second waits here, and finds what the first has written.
    await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
    // And one that ends in this moment is waited for: it is not taken back any more, and the next one begins.
    const [live] = await tx.$queryRaw<Live[]>`
      SELECT id, plan_id AS "planId", cancel_at_period_end AS "cancelAtPeriodEnd" FROM subscriptions
      WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
    if (live) return resume(tx, live, request);
    const [plan] = await tx.$queryRaw<Plan[]>`
      SELECT amount, currency, interval FROM plans WHERE id = ${request.planId} AND active`;
    if (!plan)
      throw invalid("There is no such plan.", [{ path: "planId", message: "is not a plan one can subscribe to" }]);
    events.push(await write(tx, userId, request, plan));
  });
  await announce(events);
  return viewSubscription(userId);
}

async function resume(tx: Tx, live: Live, { planId, paymentMethod }: Subscribe): Promise<void> {
  if (!live.cancelAtPeriodEnd || live.planId !== planId)
    throw conflict("already_subscribed", "There is a subscription already; it has to end before another begins.");
  await tx.$executeRaw`
    UPDATE subscriptions SET cancel_at_period_end = false, payment_method = ${paymentMethod}, attached_method = NULL, updated_at = ${now()}
    WHERE id = ${live.id}`;
}

async function write(tx: Tx, userId: string, { planId, paymentMethod }: Subscribe, plan: Plan): Promise<OutgoingEvent> {
  const at = now();
  const id = newId("sub");
  const chargeId = newId("sch");
  const { amount, currency, interval } = plan;
  const renewal = periodStart({ anchorAt: at, interval }, 1);
  await tx.$executeRaw`
    INSERT INTO subscriptions (id, user_id, plan_id, status, amount, currency, interval, payment_method, anchor_at, next_period, next_due_at, created_at, updated_at)
    VALUES (${id}, ${userId}, ${planId}, 'incomplete', ${amount}, ${currency}, ${interval}::plan_interval, ${paymentMethod}, ${at}, 1, ${renewal}, ${at}, ${at})`;
  await tx.$executeRaw`
    INSERT INTO subscription_charges (id, subscription_id, period, period_start, period_end, amount, currency, status, next_attempt_at, asks, asked_at, idempotency_key, created_at, updated_at)
    VALUES (${chargeId}, ${id}, 0, ${at}, ${renewal}, ${amount}, ${currency}, 'open', ${at}, 1, ${at}, ${`subscription:${chargeId}`}, ${at}, ${at})`;
  const event = chargeDueEvent({ id: chargeId, attempt: 0, asks: 1 });
  await enqueue(tx, [event]);
  return event;
}
