import { ago, HOUR, now } from "../clock";
import type { Prisma, Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import type { Subscription, SubscriptionCharge } from "../models";
import { withOutbox } from "../outbox";
import { cancelledEvent, endSubscription } from "./charge";
import { duePeriods, periodStart } from "./periods";

/** Subscriptions of one step. */
const MAX_DUE_SUBSCRIPTIONS = 200;

type SubscriptionTerms = Pick<Subscription, "id" | "anchorAt" | "interval" | "amount" | "currency">;
type DueSubscription = SubscriptionTerms & Pick<Subscription, "nextPeriod" | "cancelAtPeriodEnd">;

/**
 * Inserts the charge of each subscription whose next period has started, at most `MAX_DUE_SUBSCRIPTIONS`. A subscription that was
 * cancelled for the end of its period ends instead. Repeated and concurrent calls create one charge for each period.
 *
 * After an outage only the current period is charged. Missed periods are waived, also one in dunning, so no customer pays for
 * several periods at once.
 */
export async function openCharges(): Promise<{ opened: number; waived: number; more: boolean }> {
  return withOutbox(async (tx, publish) => {
    const at = now();
    const due = await tx.$queryRaw<DueSubscription[]>`
      SELECT id, anchor_at AS "anchorAt", interval, next_period AS "nextPeriod", amount, currency, cancel_at_period_end AS "cancelAtPeriodEnd"
      FROM subscriptions WHERE status <> 'cancelled' AND next_due_at <= ${at} ORDER BY next_due_at LIMIT ${MAX_DUE_SUBSCRIPTIONS} FOR UPDATE SKIP LOCKED`;
    for (const { id, nextPeriod } of due.filter(({ cancelAtPeriodEnd }) => cancelAtPeriodEnd)) {
      await endSubscription(tx, id, "customer");
      publish(cancelledEvent(id, nextPeriod));
    }
    const renewed = due.filter(({ cancelAtPeriodEnd }) => !cancelAtPeriodEnd);
    const waived = await renew(tx, renewed, at);
    return { opened: renewed.length, waived, more: due.length === MAX_DUE_SUBSCRIPTIONS };
  });
}

/** Returns how many open charges were waived. Their PaymentIntents may still be payable. */
async function renew(tx: Tx, due: DueSubscription[], at: Date): Promise<number> {
  const charges: Prisma.SubscriptionChargeCreateManyInput[] = [];
  const renewals: { id: string; next: number; due_at: Date }[] = [];
  for (const subscription of due) {
    const periods = duePeriods(subscription, subscription.nextPeriod, at);
    if (!periods) continue;
    const { current, missed } = periods;
    charges.push(...missed.map((period) => newCharge(subscription, period, at, "waived")));
    charges.push({ ...newCharge(subscription, current, at, "open"), nextAttemptAt: at });
    renewals.push({ id: subscription.id, next: current + 1, due_at: periodStart(subscription, current + 1) });
  }
  const { count: waived } = await tx.subscriptionCharge.updateMany({
    where: { subscriptionId: { in: renewals.map(({ id }) => id) }, status: "open" },
    data: { status: "waived", updatedAt: at },
  });
  await tx.subscriptionCharge.createMany({ data: charges });
  await tx.$executeRaw`
    UPDATE subscriptions s SET next_period = r.next, next_due_at = r.due_at, updated_at = ${at}
    FROM jsonb_to_recordset(${JSON.stringify(renewals)}::jsonb) AS r(id text, next int, due_at timestamptz) WHERE s.id = r.id`;
  return waived;
}

/** Returns the row of a period's charge. A charge is attempted when `nextAttemptAt` is set. */
export function newCharge(subscription: SubscriptionTerms, period: number, at: Date, status: "open" | "waived") {
  const id = newId("sch");
  const { id: subscriptionId, amount, currency } = subscription;
  return {
    ...{ id, subscriptionId, period, amount, currency, status, createdAt: at, updatedAt: at },
    periodStart: periodStart(subscription, period),
    periodEnd: periodStart(subscription, period + 1),
    idempotencyKey: `subscription:${id}`,
  };
}

/** `charge-subscription` retries for 2.3 hours. A charge that is still open after this is triggered again. */
const RETRIGGER_AFTER_MS = 5 * HOUR;
/** One request to the event API takes this many events. */
const MAX_TRIGGERED_CHARGES = 500;

type TriggeredCharge = Pick<SubscriptionCharge, "id" | "attempt" | "triggerCount">;

/**
 * Triggers the next attempt of each charge that is due, at most `MAX_TRIGGERED_CHARGES`, oldest first. If several calls run at
 * once, each charge is triggered by one of them. Returns whether there may be more.
 */
export async function triggerDueCharges(): Promise<{ triggered: number; more: boolean }> {
  const at = now();
  const triggered = await withOutbox(async (tx, publish) => {
    const charges = await tx.$queryRaw<TriggeredCharge[]>`
      UPDATE subscription_charges SET triggered_at = ${at}, trigger_count = trigger_count + 1 WHERE id IN (
        SELECT id FROM subscription_charges WHERE status = 'open' AND next_attempt_at <= ${at}
          AND (triggered_at IS NULL OR triggered_at < next_attempt_at OR triggered_at < ${ago(RETRIGGER_AFTER_MS, at)})
        ORDER BY next_attempt_at LIMIT ${MAX_TRIGGERED_CHARGES} FOR UPDATE SKIP LOCKED)
      RETURNING id, attempt, trigger_count AS "triggerCount"`;
    publish(...charges.map(chargeDueEvent));
    return charges.length;
  });
  return { triggered, more: triggered === MAX_TRIGGERED_CHARGES };
}

/** Returns the event of the next attempt. `attempt` counts those that have ended. */
export function chargeDueEvent({ id, attempt, triggerCount }: TriggeredCharge): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CHARGE_DUE,
    id: `subscription-charge-due:${id}:${triggerCount}`,
    data: { chargeId: id, attempt: attempt + 1 },
  };
}
