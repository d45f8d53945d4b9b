import { z } from "zod";
import { PlanInterval, SubscriptionChargeStatus, SubscriptionStatus } from "@/prisma/generated/enums";
import { db, type Row } from "../db";
import { countSchema, moneySchema, namedSchema, timeSchema } from "../view-schemas";

const chargeSchema = z.strictObject({
  period: z.strictObject({ start: timeSchema, end: timeSchema }),
  amount: moneySchema,
  refunded: moneySchema.describe("The part that is refunded, or being refunded."),
  status: z.enum(SubscriptionChargeStatus),
  attempts: countSchema.describe("Failed attempts."),
  nextAttemptAt: timeSchema.nullable(),
  failureCode: z.string().nullable(),
});

/** A subscription as its user sees it. */
export const subscriptionViewSchema = z.strictObject({
  id: z.string(),
  plan: namedSchema,
  price: moneySchema,
  interval: z.enum(PlanInterval),
  status: z.enum(SubscriptionStatus),
  paymentMethod: z.string(),
  /** When the next period starts. It is charged then, unless the subscription ends. */
  renewsAt: timeSchema,
  cancelAtPeriodEnd: z.boolean(),
  endReason: z.string().nullable(),
  /** The last twelve charges, newest first. */
  charges: z.array(chargeSchema),
});

export type SubscriptionView = z.output<typeof subscriptionViewSchema>;

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

function viewCharge(charge: Row<"subscriptionCharge">): z.output<typeof chargeSchema> {
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

export const planViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price: moneySchema.describe("The price of one interval, charged in advance."),
  interval: z.enum(PlanInterval),
});

/** Returns the active plans, cheapest first in each currency. Amounts of two currencies are not compared. */
export async function listPlans(): Promise<{ items: z.output<typeof planViewSchema>[]; nextCursor: null }> {
  const plans = await db().plan.findMany({
    where: { active: true },
    orderBy: [{ currency: "asc" }, { amount: "asc" }, { id: "asc" }],
    select: { id: true, name: true, description: true, amount: true, currency: true, interval: true },
  });
  const items = plans.map(({ amount, currency, ...plan }) => ({ ...plan, price: { amount, currency } }));
  return { items, nextCursor: null };
}
