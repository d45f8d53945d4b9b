import type { SubscriptionChargeStatus, SubscriptionStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { queueEmail } from "../email/send-email";
import { appEnv } from "../env";
import { subscriptionEnded, subscriptionPaid, subscriptionRefunded, subscriptionUnpaid } from "./billing-emails";
import { nextAttemptAt as attemptAfter } from "./dunning";
import { paymentUrl } from "./pay-link";

interface ChargeFacts {
  status: SubscriptionChargeStatus;
  attempt: number;
  nextAttemptAt: Date | null;
  firstFailedAt: Date | null;
  failureCode: string | null;
  amount: number;
  currency: string;
  periodStart: Date;
  periodEnd: Date;
  planName: string;
  email: string;
  name: string;
}

/**
 * Tells a customer how an attempt to charge them has ended, as it is at the moment: a receipt for each period, an email with a
 * way to pay for each failed attempt that is still the last. Returns the email's id, or null.
 */
export async function notifyCharge(chargeId: string, attempt: number): Promise<string | null> {
  const [facts] = await db().$queryRaw<ChargeFacts[]>`
    SELECT c.status, c.attempt, c.next_attempt_at AS "nextAttemptAt", c.first_failed_at AS "firstFailedAt", c.failure_code AS "failureCode",
      c.amount, c.currency, c.period_start AS "periodStart", c.period_end AS "periodEnd", p.name AS "planName", u.email, u.name
    FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id JOIN plans p ON p.id = s.plan_id JOIN users u ON u.id = s.user_id
    WHERE c.id = ${chargeId}`;
  if (!facts) return null;
  const { email: to, amount, currency, nextAttemptAt, firstFailedAt, ...charge } = facts;
  const shown = { ...charge, amount: { amount, currency }, accountUrl: `${appEnv().APP_URL}/account` };
  if (facts.status === "paid")
    return queueEmail({ kind: "subscription_paid", entityId: chargeId, to }, () => subscriptionPaid(shown));
  if (facts.status !== "open" || facts.attempt !== attempt || !nextAttemptAt || !firstFailedAt) return null;
  const authentication = facts.failureCode === "authentication_required";
  const last = attemptAfter(firstFailedAt, attempt + 1) === null;
  const payUrl = paymentUrl(chargeId, firstFailedAt);
  return queueEmail({ kind: "subscription_unpaid", entityId: `${chargeId}:${attempt}`, to }, () =>
    subscriptionUnpaid({ ...shown, nextAttemptAt, last, authentication, payUrl }),
  );
}

/** Tells a customer of each refund of a charge that has gone out, once each. Returns how many there are. */
export async function notifyRefunds(chargeId: string): Promise<number> {
  const refunds = await db().$queryRaw<
    { id: string; amount: number; currency: string; planName: string; email: string; name: string }[]
  >`
    SELECT r.id, r.amount, c.currency, p.name AS "planName", u.email, u.name
    FROM subscription_refunds r JOIN subscription_charges c ON c.id = r.charge_id JOIN subscriptions s ON s.id = c.subscription_id
      JOIN plans p ON p.id = s.plan_id JOIN users u ON u.id = s.user_id
    WHERE c.id = ${chargeId} AND r.status = 'succeeded' ORDER BY r.created_at, r.id`;
  for (const { id, email: to, amount, currency, name, planName } of refunds)
    await queueEmail({ kind: "subscription_refunded", entityId: id, to }, () =>
      subscriptionRefunded({
        name,
        planName,
        amount: { amount, currency },
        accountUrl: `${appEnv().APP_URL}/account`,
      }),
    );
  return refunds.length;
}

interface EndFacts {
  status: SubscriptionStatus;
  cancelAtPeriodEnd: boolean;
  nextPeriod: number;
  nextDueAt: Date;
  endReason: string | null;
  planName: string;
  email: string;
  name: string;
}

/** Tells a customer that a subscription has ended, or will; not twice of the same end. Returns the email's id, or null. */
export async function notifySubscriptionEnd(subscriptionId: string): Promise<string | null> {
  const [facts] = await db().$queryRaw<EndFacts[]>`
    SELECT s.status, s.cancel_at_period_end AS "cancelAtPeriodEnd", s.next_period AS "nextPeriod", s.next_due_at AS "nextDueAt", s.end_reason AS "endReason",
      p.name AS "planName", u.email, u.name
    FROM subscriptions s JOIN plans p ON p.id = s.plan_id JOIN users u ON u.id = s.user_id WHERE s.id = ${subscriptionId}`;
  if (!facts) return null;
  const { status, cancelAtPeriodEnd, nextPeriod, nextDueAt, endReason, planName, email: to, name } = facts;
  if (status !== "cancelled" && !cancelAtPeriodEnd) return null;
  const until = cancelAtPeriodEnd ? nextDueAt : null;
  return queueEmail({ kind: "subscription_ended", entityId: `${subscriptionId}:${nextPeriod}`, to }, () =>
    subscriptionEnded({
      name,
      planName,
      unpaid: endReason === "unpaid",
      until,
      accountUrl: `${appEnv().APP_URL}/account`,
    }),
  );
}
