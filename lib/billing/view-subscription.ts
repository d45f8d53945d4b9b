import type { PlanInterval, SubscriptionChargeStatus, SubscriptionStatus } from "@/prisma/generated/enums";
import { db, type Prisma } from "../db";
import type { Money } from "../money";

/** A subscription as its user sees it. */
export interface SubscriptionView {
  id: string;
  plan: { id: string; name: string };
  price: Money;
  interval: PlanInterval;
  status: SubscriptionStatus;
  paymentMethod: string;
  /** When the next period starts. It is charged then, unless the subscription ends. */
  renewsAt: string;
  cancelAtPeriodEnd: boolean;
  endReason: string | null;
  /** The last twelve charges, newest first. */
  charges: {
    period: { start: string; end: string };
    amount: Money;
    /** The refunded amount, including pending refunds. */
    refunded: Money;
    status: SubscriptionChargeStatus;
    attempts: number;
    nextAttemptAt: string | null;
    failureCode: string | null;
  }[];
}

/** Returns the user's live subscription, or else the latest one, or null if there never was one. */
export async function viewSubscription(userId: string): Promise<SubscriptionView | null> {
  // `cancelled` is the last value of the enum, and at most one subscription has another status.
  const subscription = await db().subscription.findFirst({
    where: { userId },
    orderBy: [{ status: "asc" }, { createdAt: "desc" }],
    include: {
      plan: { select: { id: true, name: true } },
      charges: { orderBy: { period: "desc" }, take: 12 },
    },
  });
  if (!subscription) return null;
  const { id, plan, amount, currency, interval, status, paymentMethod } = subscription;
  return {
    id,
    plan,
    price: { amount, currency },
    interval,
    status,
    paymentMethod,
    renewsAt: subscription.nextDueAt.toISOString(),
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    endReason: subscription.endReason,
    charges: subscription.charges.map(viewCharge),
  };
}

function viewCharge(charge: Prisma.SubscriptionChargeGetPayload<object>): SubscriptionView["charges"][number] {
  const { periodStart, periodEnd, amount, refunded, currency, status, attempt, nextAttemptAt, failureCode } = charge;
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

export interface PlanView {
  id: string;
  name: string;
  description: string;
  /** The price of one interval, charged in advance. */
  price: Money;
  interval: PlanInterval;
}

/** Returns the active plans, cheapest first. */
export async function listPlans(): Promise<{ items: PlanView[]; nextCursor: null }> {
  const plans = await db().plan.findMany({
    where: { active: true },
    orderBy: [{ amount: "asc" }, { id: "asc" }],
    select: { id: true, name: true, description: true, amount: true, currency: true, interval: true },
  });
  const items = plans.map(({ amount, currency, ...plan }) => ({ ...plan, price: { amount, currency } }));
  return { items, nextCursor: null };
}
