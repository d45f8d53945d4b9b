import type Stripe from "stripe";
import { notifyCharge, notifyRefunds } from "../billing/billing-emails";
import { refreshCharge } from "../billing/refresh-charge";
import { ago, MINUTE, now, SECOND } from "../clock";
import { db, Prisma } from "../db";
import { sendRefundEmails } from "../orders/send-order-email";
import { syncPaymentIntent } from "../payments/sync-order-payment";
import { syncRefunds } from "../payments/sync-refund";
import { callStripe, PAYMENT_INTENT_NOT_FOUND, readSpan } from "../stripe";
import type { Sweep } from "../sweep";
import { markProcessed } from "../webhook-inbox";

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
    const intentIds = new Set<string>();
    const list = (params: Stripe.RefundListParams) => callStripe((stripe) => stripe.refunds.list(params));
    const span = await readSpan(cursor, at, list, async (page) => {
      for (const intentId of await withUnknownRefund(page)) intentIds.add(intentId);
    });
    return { ids: await ofThisShop([...intentIds]), ...span };
  },
  repair: refreshPaymentIntent,
};

/** Returns the PaymentIntents of the refunds that we have not stored. */
async function withUnknownRefund(refunds: Stripe.Refund[]): Promise<string[]> {
  const ids = refunds.map(({ id }) => id);
  const [ours, subscriptions] = await Promise.all([
    db().refund.findMany({ where: { stripeRefundId: { in: ids } }, select: { stripeRefundId: true } }),
    db().subscriptionRefund.findMany({ where: { id: { in: ids } }, select: { id: true } }),
  ]);
  const known = new Set([...ours.map(({ stripeRefundId }) => stripeRefundId), ...subscriptions.map(({ id }) => id)]);
  return refunds.flatMap(({ id, payment_intent: intent }) =>
    intent && !known.has(id) ? [typeof intent === "string" ? intent : intent.id] : [],
  );
}

/** Returns the PaymentIntents that we have stored. Others belong to another installation, or to another system. */
async function ofThisShop(intentIds: string[]): Promise<string[]> {
  const where = { intentId: { in: intentIds } };
  const [payments, charges] = await Promise.all([
    db().payment.findMany({ where, select: { intentId: true } }),
    db().subscriptionCharge.findMany({ where, select: { intentId: true } }),
  ]);
  const known = new Set([...payments, ...charges].map(({ intentId }) => intentId));
  return intentIds.filter((id) => known.has(id));
}

/** Reads a PaymentIntent and its refunds from Stripe, and updates its payment or its subscription's charge. */
async function refreshPaymentIntent(intentId: string): Promise<void> {
  const charge = await db().subscriptionCharge.findUnique({ where: { intentId }, select: { id: true } });
  if (charge) {
    await refreshCharge(charge.id);
    await notifyCharge(charge.id, 0);
    await notifyRefunds(charge.id);
    return;
  }
  const readAt = now();
  const payment = await syncPaymentIntent(intentId);
  if (payment?.outcome === "unknown") return markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, readAt);
  if ((await syncRefunds(intentId)) > 0) await sendRefundEmails(intentId);
  await markProcessed("stripe", intentId, "Processed by the reconciler.", readAt);
}
