import type { PlanInterval } from "@/prisma/generated/enums";
import { now } from "../clock";
import type { Prisma, Tx } from "../db";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { cancelledEvent, endSubscription } from "./cancel-subscription";
import { duePeriods, periodStart } from "./periods";

/** Subscriptions of one step. */
const PAGE_SIZE = 200;

interface DueSubscription {
  id: string;
  anchorAt: Date;
  interval: PlanInterval;
  nextPeriod: number;
  amount: number;
  currency: string;
  cancelAtPeriodEnd: boolean;
}

/**
 * Inserts the charge of each subscription whose next period has started, at most `PAGE_SIZE`. A subscription that was
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
      FROM subscriptions WHERE status <> 'cancelled' AND next_due_at <= ${at} ORDER BY next_due_at LIMIT ${PAGE_SIZE} FOR UPDATE SKIP LOCKED`;
    for (const { id, nextPeriod } of due.filter(({ cancelAtPeriodEnd }) => cancelAtPeriodEnd)) {
      await endSubscription(tx, id, "customer");
      publish(cancelledEvent(id, nextPeriod));
    }
    const renewed = due.filter(({ cancelAtPeriodEnd }) => !cancelAtPeriodEnd);
    const waived = await renew(tx, renewed, at);
    return { opened: renewed.length, waived, more: due.length === PAGE_SIZE };
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
export function newCharge(
  subscription: Pick<DueSubscription, "id" | "anchorAt" | "interval" | "amount" | "currency">,
  period: number,
  at: Date,
  status: "open" | "waived",
) {
  const id = newId("sch");
  const { id: subscriptionId, amount, currency } = subscription;
  return {
    id,
    subscriptionId,
    period,
    periodStart: periodStart(subscription, period),
    periodEnd: periodStart(subscription, period + 1),
    amount,
    currency,
    status,
    idempotencyKey: `subscription:${id}`,
    createdAt: at,
    updatedAt: at,
  };
}
