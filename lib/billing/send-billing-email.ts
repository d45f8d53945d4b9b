import { db } from "../db";
import { queueEmail } from "../email/send-email";
import { appEnv } from "../env";
import { subscriptionEnded, subscriptionPaid, subscriptionRefunded, subscriptionUnpaid } from "./billing-emails";
import { CHARGE_RELATIONS, readCharge } from "./charge";
import { paymentUrl } from "./pay-link";
import { nextAttemptAt } from "./periods";

/**
 * Queues the email about an attempt, according to the charge's current status: a receipt for each paid period, or an email with a
 * payment link for a failed attempt that is still the latest. Returns the email's id, or null.
 */
export async function notifyCharge(chargeId: string, attempt: number): Promise<string | null> {
  const charge = await readCharge(chargeId);
  if (!charge) return null;
  const { status, amount, currency, periodStart, periodEnd, firstFailedAt } = charge;
  const { user, plan } = charge.subscription;
  const content = {
    name: user.name,
    planName: plan.name,
    amount: { amount, currency },
    periodStart,
    periodEnd,
    accountUrl: accountUrl(),
  };
  if (status === "paid")
    return queueEmail({ kind: "subscription_paid", entityId: chargeId, to: user.email }, () =>
      subscriptionPaid(content),
    );
  const nextAt = charge.nextAttemptAt;
  if (status !== "open" || charge.attempt !== attempt || !nextAt || !firstFailedAt) return null;
  return queueEmail({ kind: "subscription_unpaid", entityId: `${chargeId}:${attempt}`, to: user.email }, () =>
    subscriptionUnpaid({
      ...content,
      nextAttemptAt: nextAt,
      last: nextAttemptAt(firstFailedAt, attempt + 1) === null,
      authentication: charge.failureCode === "authentication_required",
      payUrl: paymentUrl(chargeId, firstFailedAt),
    }),
  );
}

/** Queues one email for each refund of a charge that has succeeded. Returns how many there are. */
export async function notifyRefunds(chargeId: string): Promise<number> {
  const refunds = await db().subscriptionRefund.findMany({
    where: { chargeId, status: "succeeded" },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    include: { charge: { include: CHARGE_RELATIONS } },
  });
  for (const { id, amount, charge } of refunds) {
    const { user, plan } = charge.subscription;
    const money = { amount, currency: charge.currency };
    await queueEmail({ kind: "subscription_refunded", entityId: id, to: user.email }, () =>
      subscriptionRefunded({ name: user.name, planName: plan.name, amount: money, accountUrl: accountUrl() }),
    );
  }
  return refunds.length;
}

/** Queues one email for a subscription that has ended or will end. Returns the email's id, or null. */
export async function notifySubscriptionEnd(subscriptionId: string): Promise<string | null> {
  const subscription = await db().subscription.findUnique({
    where: { id: subscriptionId },
    include: { user: true, plan: true },
  });
  if (!subscription) return null;
  const { status, cancelAtPeriodEnd, nextPeriod, nextDueAt, endReason, user, plan } = subscription;
  if (status !== "cancelled" && !cancelAtPeriodEnd) return null;
  const entityId = `${subscriptionId}:${nextPeriod}`;
  return queueEmail({ kind: "subscription_ended", entityId, to: user.email }, () =>
    subscriptionEnded({
      name: user.name,
      planName: plan.name,
      unpaid: endReason === "unpaid",
      until: cancelAtPeriodEnd ? nextDueAt : null,
      accountUrl: accountUrl(),
    }),
  );
}

const accountUrl = () => `${appEnv().APP_URL}/account`;
