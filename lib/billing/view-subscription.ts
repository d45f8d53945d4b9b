import type { PlanInterval, SubscriptionChargeStatus, SubscriptionStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import type { Money } from "../money";

/** A subscription as its user sees it. */
export interface SubscriptionView {
  id: string;
  plan: { id: string; name: string };
  price: Money;
  interval: PlanInterval;
  status: SubscriptionStatus;
  paymentMethod: string;
  /** When the next period begins, and is charged unless the subscription ends then. */
  renewsAt: string;
  cancelAtPeriodEnd: boolean;
  endReason: string | null;
  /** The newest first, a year of months at most. */
  charges: {
    period: { start: string; end: string };
    amount: Money;
    /** What of it has gone back, or is on its way. */
    refunded: Money;
    status: SubscriptionChargeStatus;
    attempts: number;
    nextAttemptAt: string | null;
    failureCode: string | null;
  }[];
}

interface Row extends Money {
  id: string;
  planId: string;
  planName: string;
  interval: PlanInterval;
  status: SubscriptionStatus;
  paymentMethod: string;
  nextDueAt: Date;
  cancelAtPeriodEnd: boolean;
  endReason: string | null;
}

interface ChargeRow extends Money {
  periodStart: Date;
  periodEnd: Date;
  refunded: number;
  status: SubscriptionChargeStatus;
  attempt: number;
  nextAttemptAt: Date | null;
  failureCode: string | null;
}

/** The subscription of a user: the live one, else the last; null when there never was one. */
export async function viewSubscription(userId: string): Promise<SubscriptionView | null> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT s.id, s.plan_id AS "planId", p.name AS "planName", s.amount, s.currency, s.interval, s.status, s.payment_method AS "paymentMethod",
      s.next_due_at AS "nextDueAt", s.cancel_at_period_end AS "cancelAtPeriodEnd", s.end_reason AS "endReason"
    FROM subscriptions s JOIN plans p ON p.id = s.plan_id WHERE s.user_id = ${userId}
    ORDER BY s.status = 'cancelled', s.created_at DESC LIMIT 1`;
  if (!row) return null;
  const charges = await db().$queryRaw<ChargeRow[]>`
    SELECT period_start AS "periodStart", period_end AS "periodEnd", amount, refunded, currency, status, attempt, next_attempt_at AS "nextAttemptAt", failure_code AS "failureCode"
    FROM subscription_charges WHERE subscription_id = ${row.id} ORDER BY period DESC LIMIT 12`;
  const { id, planId, planName, amount, currency, nextDueAt, ...rest } = row;
  return {
    id,
    plan: { id: planId, name: planName },
    price: { amount, currency },
    renewsAt: nextDueAt.toISOString(),
    ...rest,
    charges: charges.map(shape),
  };
}

function shape(row: ChargeRow) {
  const { periodStart, periodEnd, amount, refunded, currency, status, attempt, nextAttemptAt, failureCode } = row;
  return {
    period: { start: periodStart.toISOString(), end: periodEnd.toISOString() },
    amount: { amount, currency },
    refunded: { amount: refunded, currency },
    status,
    attempts: attempt,
    nextAttemptAt: status === "open" ? (nextAttemptAt?.toISOString() ?? null) : null,
    failureCode,
  };
}
