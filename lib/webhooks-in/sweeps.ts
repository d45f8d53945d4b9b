import { ago, MINUTE, SECOND } from "../clock";
import { db, Prisma } from "../db";
import { callStripe } from "../stripe";
import { listAll, nextSpan } from "../stripe-list";
import type { Sweep } from "../sweep";
import { refreshPaymentIntent } from "./refresh-payment-intent";

/** Within this time, the run of a webhook marks it as processed. */
const WEBHOOK_GRACE_MS = 90 * SECOND;

export const unprocessedWebhooks: Sweep = {
  name: "unprocessed-webhooks",
  description: "Reads PaymentIntents from Stripe whose webhooks no run has processed.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT DISTINCT object_id AS id FROM webhook_inbox
    WHERE provider = 'stripe' AND processed_at IS NULL AND object_id IS NOT NULL AND received_at < ${ago(WEBHOOK_GRACE_MS, at)}`,
  repair: refreshPaymentIntent,
};

/** Refunds made in Stripe's dashboard whose webhook did not arrive. Items are the PaymentIntents of unknown refunds. */
export const stripeRefunds: Sweep = {
  name: "stripe-refunds",
  description: "Compares the refunds at Stripe with ours, and records those made in its dashboard.",
  intervalMs: 10 * MINUTE,
  async scan(cursor, at) {
    const { gt, lte, more } = nextSpan(cursor, at);
    const created = { gt, lte };
    const intentIds = new Set<string>();
    for await (const page of listAll((params) => callStripe((stripe) => stripe.refunds.list({ created, ...params })))) {
      const ids = page.map(({ id }) => id);
      const [ours, subscriptions] = await Promise.all([
        db().refund.findMany({ where: { stripeRefundId: { in: ids } }, select: { stripeRefundId: true } }),
        db().subscriptionRefund.findMany({ where: { id: { in: ids } }, select: { id: true } }),
      ]);
      const known = new Set([
        ...ours.map(({ stripeRefundId }) => stripeRefundId),
        ...subscriptions.map(({ id }) => id),
      ]);
      for (const { id, payment_intent: intent } of page)
        if (intent && !known.has(id)) intentIds.add(typeof intent === "string" ? intent : intent.id);
    }
    return { ids: [...intentIds], cursor: String(lte), more };
  },
  repair: refreshPaymentIntent,
};
