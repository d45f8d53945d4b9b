import { ago, DAY, MINUTE } from "../clock";
import { Prisma } from "../db";
import type { Sweep } from "../sweep";
import { notifyCharge, notifyRefunds, notifySubscriptionEnd } from "./billing-emails";
import { closeCharge } from "./close-charge";
import { refreshCharge } from "./refresh-charge";

/** Within this time, the run that ended a charge cancels or refunds its PaymentIntent. */
const CLOSE_GRACE_MS = 10 * MINUTE;
/** Within this time, the webhook of a refund that ends at once has arrived. */
const REFUND_GRACE_MS = 10 * MINUTE;
/** Within this time, a live run stores its email, even if the provider is down. */
const NOTIFY_GRACE_MS = 30 * MINUTE;
/** Older changes are not notified any more. The operators are alerted long before the reconciler has been down for this time. */
const NOTIFY_HORIZON_MS = 7 * DAY;

const isRecent = (column: Prisma.Sql, at: Date) =>
  Prisma.sql`${column} BETWEEN ${ago(NOTIFY_HORIZON_MS, at)} AND ${ago(NOTIFY_GRACE_MS, at)}`;

export const unclosedCharges: Sweep = {
  name: "unclosed-charges",
  description: "Closes charges of ended subscriptions that could still be paid, or that hold money.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM subscription_charges c WHERE status IN ('failed', 'waived') AND (intent_open OR captured > refunded)
      AND NOT EXISTS (SELECT 1 FROM manual_queue m WHERE m.kind = 'subscription_refund' AND m.entity_id = c.id AND m.resolved_at IS NULL)
      AND updated_at < ${ago(CLOSE_GRACE_MS, at)} ORDER BY updated_at`,
  repair: closeCharge,
};

export const pendingSubscriptionRefunds: Sweep = {
  name: "pending-subscription-refunds",
  description: "Polls the refunds of charges that Stripe has not completed.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT DISTINCT charge_id AS id FROM subscription_refunds WHERE status = 'pending' AND created_at < ${ago(REFUND_GRACE_MS, at)}`,
  async repair(chargeId) {
    await refreshCharge(chargeId);
    await notifyRefunds(chargeId);
  },
};

/** Items are `charge:attempt`. The email about a failed attempt holds the link to pay. */
export const unnotifiedCharges: Sweep = {
  name: "unnotified-charges",
  description: "Sends the receipt of a paid charge, or the email about a failed attempt, whose run was lost.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT c.id || ':' || c.attempt AS id FROM subscription_charges c
    WHERE ${isRecent(Prisma.sql`c.updated_at`, at)} AND (c.status = 'paid' OR c.status = 'open' AND c.attempt > 0 AND c.next_attempt_at > ${at})
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE (m.kind, m.entity_id) =
        (CASE c.status WHEN 'paid' THEN 'subscription_paid' ELSE 'subscription_unpaid' END, CASE c.status WHEN 'paid' THEN c.id ELSE c.id || ':' || c.attempt END))
    ORDER BY c.updated_at`,
  repair(key) {
    const [id = "", attempt] = key.split(":");
    return notifyCharge(id, Number(attempt));
  },
};

export const unnotifiedSubscriptionRefunds: Sweep = {
  name: "unnotified-subscription-refunds",
  description: "Sends the email about a refund of a charge that succeeded or failed, and whose run was lost.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT DISTINCT r.charge_id AS id FROM subscription_refunds r
    WHERE ${isRecent(Prisma.sql`r.updated_at`, at)} AND r.status IN ('succeeded', 'failed') AND r.id NOT LIKE 'otherwise:%'
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.entity_id = r.id
        AND m.kind = CASE r.status WHEN 'failed' THEN 'subscription_refund_failed' ELSE 'subscription_refunded' END)`,
  repair: notifyRefunds,
};

export const unnotifiedSubscriptionEnds: Sweep = {
  name: "unnotified-subscription-ends",
  description: "Sends the email about a subscription that has ended, or will, whose run was lost.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT s.id FROM subscriptions s
    WHERE ${isRecent(Prisma.sql`s.updated_at`, at)} AND (s.status = 'cancelled' OR s.cancel_at_period_end)
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'subscription_ended' AND m.entity_id =
        s.id || ':' || (1000 * extract(epoch FROM coalesce(s.cancel_requested_at, s.cancelled_at)))::bigint)
    ORDER BY s.updated_at`,
  repair: notifySubscriptionEnd,
};
