import { notifyCharge, notifyRefunds } from "../billing/billing-emails";
import { refreshCharge } from "../billing/refresh-charge";
import { now } from "../clock";
import { db } from "../db";
import { sendRefundEmails } from "../orders/order-emails";
import { syncRefunds } from "../payments/process-refund";
import { syncPaymentIntent } from "../payments/sync-order-payment";
import { PAYMENT_INTENT_NOT_FOUND } from "../stripe";
import { markProcessed } from "../webhook-inbox";

/**
 * Processes the webhooks about a PaymentIntent whose run was lost: reads the intent and its refunds from Stripe and updates the
 * payment or the subscription's charge that it belongs to.
 */
export async function refreshPaymentIntent(intentId: string): Promise<void> {
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
