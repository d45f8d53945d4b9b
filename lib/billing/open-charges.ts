import type { PlanInterval } from "@/prisma/generated/enums";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { cancelledEvent, endSubscription } from "./cancel-subscription";
import { duePeriods, periodStart } from "./periods";

const PAGE = 200;

interface Due {
  id: string;
  anchorAt: Date;
  interval: PlanInterval;
  nextPeriod: number;
  amount: number;
  currency: string;
  cancelAtPeriodEnd: boolean;
}

interface NewCharge {
  id: string;
  subscription_id: string;
  period: number;
  period_start: Date;
  period_end: Date;
  amount: number;
  currency: string;
  status: "open" | "waived";
}

/**
 * Writes the charge of each subscription whose next period has begun, at most `PAGE` of them, and ends those that were to end
 * then. One charge for each period, whoever calls this and however often. After an outage the period that is running is
 * charged and those that went by are waived, also one that was still being dunned for: nobody pays for several at once.
 */
export async function openCharges(): Promise<{ opened: number; waived: number; more: boolean }> {
  const events: OutgoingEvent[] = [];
  const found = await transaction(async (tx) => {
    events.length = 0;
    const at = now();
    const due = await tx.$queryRaw<Due[]>`
      SELECT id, anchor_at AS "anchorAt", interval, next_period AS "nextPeriod", amount, currency, cancel_at_period_end AS "cancelAtPeriodEnd"
      FROM subscriptions WHERE status <> 'cancelled' AND next_due_at <= ${at} ORDER BY next_due_at LIMIT ${PAGE} FOR UPDATE SKIP LOCKED`;
    for (const subscription of due.filter((one) => one.cancelAtPeriodEnd)) {
      await endSubscription(tx, subscription.id, "customer");
      events.push(cancelledEvent(subscription.id, subscription.nextPeriod));
    }
    const renewed = due.filter((one) => !one.cancelAtPeriodEnd);
    const waived = await open(tx, renewed, at);
    await enqueue(tx, events);
    return { opened: renewed.length, waived, more: due.length === PAGE };
  });
  await announce(events);
  return found;
}

/** Returns how many charges were waived that somebody may still be about to pay. */
async function open(tx: Tx, due: Due[], at: Date): Promise<number> {
  const charges: NewCharge[] = [];
  const moved: { id: string; next: number; due_at: Date }[] = [];
  for (const subscription of due) {
    const periods = duePeriods(subscription, subscription.nextPeriod, at);
    if (!periods) continue;
    const { current, missed } = periods;
    charges.push(
      ...missed.map((period) => charge(subscription, period, "waived")),
      charge(subscription, current, "open"),
    );
    moved.push({ id: subscription.id, next: current + 1, due_at: periodStart(subscription, current + 1) });
  }
  const ids = moved.map(({ id }) => id);
  const waived = await tx.$executeRaw`
    UPDATE subscription_charges SET status = 'waived', updated_at = ${at} WHERE subscription_id = ANY(${ids}) AND status = 'open'`;
  await tx.$executeRaw`
    INSERT INTO subscription_charges (id, subscription_id, period, period_start, period_end, amount, currency, status, next_attempt_at, idempotency_key, created_at, updated_at)
    SELECT c.id, c.subscription_id, c.period, c.period_start, c.period_end, c.amount, c.currency, c.status,
      CASE WHEN c.status = 'open' THEN ${at}::timestamptz END, 'subscription:' || c.id, ${at}::timestamptz, ${at}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(charges)}::jsonb) AS c(id text, subscription_id text, period int, period_start timestamptz,
      period_end timestamptz, amount int, currency text, status subscription_charge_status)`;
  await tx.$executeRaw`
    UPDATE subscriptions s SET next_period = m.next, next_due_at = m.due_at, updated_at = ${at}
    FROM jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) AS m(id text, next int, due_at timestamptz) WHERE s.id = m.id`;
  return waived;
}

function charge(subscription: Due, period: number, status: NewCharge["status"]): NewCharge {
  return {
    id: newId("sch"),
    subscription_id: subscription.id,
    period,
    period_start: periodStart(subscription, period),
    period_end: periodStart(subscription, period + 1),
    amount: subscription.amount,
    currency: subscription.currency,
    status,
  };
}
