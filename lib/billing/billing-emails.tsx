import { z } from "zod";
import { after, DAY } from "../clock";
import { db } from "../db";
import { composeEmail } from "../email/compose-email";
import { day, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv, storeEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { declineSentence } from "../order-state/declines";
import { signLink, verifyLink } from "../signed-links";
import { CHARGE_RELATIONS, readCharge } from "./charge";
import { nextAttemptAt } from "./periods";
import { isPaidOtherwise } from "./release-refund";

/** The content of an email about a charge. */
export interface EmailCharge {
  name: string;
  planName: string;
  amount: Money;
  periodStart: Date;
  periodEnd: Date;
  accountUrl: string;
}

const reason = () => `You get this email because of your subscription at ${storeEnv().STORE_NAME}.`;

export function subscriptionPaid(charge: EmailCharge): Composed {
  const { name, planName, periodStart, periodEnd, accountUrl: href } = charge;
  const money = formatMoney(charge.amount);
  return composeEmail(
    {
      subject: `Receipt: ${money} for ${planName}`,
      title: `Thank you. ${planName} is paid.`,
      preview: `Paid until ${day(periodEnd)}.`,
      ...{ name, reason: reason(), action: "See your subscription", href },
    },
    "We have charged your card for the next period:",
    <Rows rows={[{ label: `${planName}, ${day(periodStart)} to ${day(periodEnd)}`, value: money }]} total={money} />,
  );
}

export interface EmailFailedCharge extends EmailCharge {
  /** When the card is charged again. */
  nextAttemptAt: Date;
  /** Whether that is the last attempt. If it fails, the subscription ends. */
  last: boolean;
  /** Whether the bank requires 3-D Secure. */
  authentication: boolean;
  /** A sentence about why the bank declined the payment. */
  decline?: string;
  payUrl: string;
}

export function subscriptionUnpaid(charge: EmailFailedCharge): Composed {
  const { name, planName, nextAttemptAt, last, authentication, decline, payUrl: href } = charge;
  const money = formatMoney(charge.amount);
  const next = day(nextAttemptAt);
  const wording = authentication
    ? {
        subject: `Please confirm: ${money} for ${planName}`,
        title: `Your bank wants you to confirm ${money}`,
        action: "Confirm the payment",
      }
    : {
        subject: `We could not charge ${money} for ${planName}`,
        title: `We could not charge ${money} to your card`,
        action: "Pay now",
      };
  return composeEmail(
    {
      preview: last ? `${planName} ends unless it is paid by ${next}.` : `We will try again on ${next}.`,
      ...{ ...wording, name, reason: reason(), href },
    },
    authentication ? (
      <Paragraph>
        Your bank asks you to confirm the payment of {money} for {planName}. It takes a minute.
      </Paragraph>
    ) : (
      <Paragraph>
        Your bank declined the payment of {money} for {planName}. {decline} Perhaps another card works; you can change
        it in your account.
      </Paragraph>
    ),
    last
      ? `We will try one last time on ${next}. If that fails too, ${planName} ends.`
      : `If you do nothing, we will try again on ${next}.`,
  );
}

type EmailRefund = Pick<EmailCharge, "name" | "planName" | "amount" | "accountUrl">;

export function subscriptionRefunded({ name, planName, amount, accountUrl: href }: EmailRefund): Composed {
  const money = formatMoney(amount);
  return composeEmail(
    {
      subject: `We have sent ${money} back to you`,
      title: `${money} is on its way back to you`,
      preview: `For ${planName}. Banks take five to ten days to show it.`,
      ...{ name, reason: reason(), action: "See your subscription", href },
    },
    <Paragraph>
      We have refunded {money} of what you paid for {planName}, to the card it was paid with. Banks take five to ten
      days to show it.
    </Paragraph>,
  );
}

export function subscriptionRefundFailed({ name, planName, amount, accountUrl: href }: EmailRefund): Composed {
  const money = formatMoney(amount);
  return composeEmail(
    {
      subject: `Your refund of ${money} did not arrive`,
      preview: `For ${planName}. We will pay it in another way.`,
      ...{ name, reason: reason(), action: "See your subscription", href },
    },
    <Paragraph>
      The bank of the card that paid for {planName} did not accept our refund of {money}. We still owe you this money,
      and will pay it in another way. Our team has been notified, and you need not do anything.
    </Paragraph>,
  );
}

/** The content of an email about the end of a subscription. */
export interface EmailEnd {
  name: string;
  planName: string;
  unpaid: boolean;
  /** The end of the paid period; null if the subscription ends at once. */
  until: Date | null;
  accountUrl: string;
}

export function subscriptionEnded({ name, planName, unpaid, until, accountUrl: href }: EmailEnd): Composed {
  const why = unpaid
    ? `We tried for five days and could not charge your card, so ${planName} has ended.`
    : `As you asked, ${planName} ${until ? `is not renewed. It is yours until ${day(until)}` : "has ended"}.`;
  return composeEmail(
    {
      subject: until ? `${planName} ends on ${day(until)}` : `${planName} has ended`,
      preview: "Nothing more will be charged.",
      ...{ name, reason: reason(), action: "Open your account", href },
    },
    `${why} Nothing more will be charged.`,
    "Should you want it back, you can subscribe again in your account.",
  );
}

/**
 * Queues the email about an attempt, according to the charge's current status: a receipt for each paid period, or an email with a
 * payment link for a failed attempt that is still the latest. Returns the email's id, or null.
 */
export async function notifyCharge(chargeId: string, attempt: number): Promise<string | null> {
  const charge = await readCharge(chargeId);
  if (!charge) return null;
  const { status, amount, currency, periodStart, periodEnd, firstFailedAt } = charge;
  const { user, plan } = charge.subscription;
  const reader = { name: user.name, planName: plan.name, accountUrl: accountUrl() };
  const content = { ...reader, amount: { amount, currency }, periodStart, periodEnd };
  const { email: to } = user;
  if (status === "paid")
    return queueEmail({ kind: "subscription_paid", entityId: chargeId, to }, () => subscriptionPaid(content));
  const nextAt = charge.nextAttemptAt;
  if (status !== "open" || charge.attempt !== attempt || !nextAt || !firstFailedAt) return null;
  return queueEmail({ kind: "subscription_unpaid", entityId: `${chargeId}:${attempt}`, to }, () =>
    subscriptionUnpaid({
      ...content,
      nextAttemptAt: nextAt,
      last: nextAttemptAt(firstFailedAt, attempt + 1) === null,
      authentication: charge.failureCode === "authentication_required",
      decline: declineSentence(charge.failureCode),
      payUrl: paymentUrl(chargeId, firstFailedAt),
    }),
  );
}

/** Queues one email for each refund of a charge that has succeeded or failed at Stripe. Returns how many there are. */
export async function notifyRefunds(chargeId: string): Promise<number> {
  const refunds = await db().subscriptionRefund.findMany({
    where: { chargeId, status: { in: ["succeeded", "failed"] } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    include: { charge: { include: CHARGE_RELATIONS } },
  });
  for (const { id, status, amount, charge } of refunds) {
    if (isPaidOtherwise({ id })) continue;
    const { user, plan } = charge.subscription;
    const money = { amount, currency: charge.currency };
    const content = { name: user.name, planName: plan.name, amount: money, accountUrl: accountUrl() };
    const failed = status === "failed";
    const kind = failed ? "subscription_refund_failed" : "subscription_refunded";
    await queueEmail({ kind, entityId: id, to: user.email }, () =>
      failed ? subscriptionRefundFailed(content) : subscriptionRefunded(content),
    );
  }
  return refunds.length;
}

/**
 * Queues one email for a subscription that has ended or will end. A cancellation for the end of the period is confirmed when it is
 * made, and again after it was withdrawn and repeated. Its end needs no other email. Returns the email's id, or null.
 */
export async function notifySubscriptionEnd(subscriptionId: string): Promise<string | null> {
  const subscription = await db().subscription.findUnique({
    where: { id: subscriptionId },
    include: { user: true, plan: true },
  });
  if (!subscription) return null;
  const { status, cancelAtPeriodEnd, cancelRequestedAt, cancelledAt, nextDueAt, endReason, user, plan } = subscription;
  if (status !== "cancelled" && !cancelAtPeriodEnd) return null;
  const reader = { name: user.name, planName: plan.name, accountUrl: accountUrl() };
  const until = cancelAtPeriodEnd ? nextDueAt : null;
  const at = cancelRequestedAt ?? cancelledAt;
  const key = { kind: "subscription_ended", entityId: `${subscriptionId}:${at?.getTime()}`, to: user.email } as const;
  return queueEmail(key, () => subscriptionEnded({ ...reader, unpaid: endReason === "unpaid", until }));
}

const accountUrl = () => `${appEnv().APP_URL}/account`;

const PURPOSE = "subscription-payment";
const payloadSchema = z.object({ chargeId: z.string() });

/** Longer than the dunning, which takes five days. */
const LINK_TTL_MS = 14 * DAY;

/** Returns the URL where a customer pays a charge that failed off-session, for example because the bank requires 3-D Secure. */
function paymentUrl(chargeId: string, failedAt: Date): string {
  return pageUrl(signLink(PURPOSE, { chargeId }, after(LINK_TTL_MS, failedAt)));
}

export const pageUrl = (token: string): string => `${appEnv().APP_URL}/billing/${token}`;

/** Returns the id of the link's charge. @throws AppError `link_invalid` (400), `link_expired` (410) */
export function readPaymentLink(token: string): string {
  return payloadSchema.parse(verifyLink(PURPOSE, token)).chargeId;
}
