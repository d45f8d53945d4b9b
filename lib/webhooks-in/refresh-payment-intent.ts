import { refreshCharge } from "../billing/refresh-charge";
import { notifyCharge, notifyRefunds } from "../billing/send-billing-email";
import { now } from "../clock";
import { db } from "../db";
import { sendRefundEmails } from "../orders/send-order-email";
import { syncPaymentIntent } from "../payments/sync-order-payment";
import { syncRefunds } from "../payments/sync-refund";
import { eachNoted, forget } from "../reconcile/retries";
import { PAYMENT_INTENT_NOT_FOUND } from "../stripe";
import { markProcessed } from "../webhook-inbox";

/** Applies webhooks that nobody has dealt with; one that cannot be applied now keeps no other waiting. */
export async function applyUnheard(intentIds: string[]): Promise<{ done: number; failed: number }> {
  return eachNoted("webhook", intentIds, async (intentId) => {
    await refreshPaymentIntent(intentId);
    await forget("webhook", intentId);
  });
}

/**
 * Does what webhooks about a PaymentIntent were to set going, when their run was lost: its state and its refunds are read
 * from Stripe and taken over, whichever books it belongs to.
 */
export async function refreshPaymentIntent(intentId: string): Promise<void> {
  const [charge] = await db().$queryRaw<
    { id: string }[]
  >`SELECT id FROM subscription_charges WHERE intent_id = ${intentId}`;
  if (charge) {
    await refreshCharge(charge.id);
    await notifyCharge(charge.id, 0);
    await notifyRefunds(charge.id);
    return;
  }
  const read = now();
  const settled = await syncPaymentIntent(intentId);
  if (settled?.outcome === "unknown") return markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, read);
  if ((await syncRefunds(intentId)) > 0) await sendRefundEmails(intentId);
  await markProcessed("stripe", intentId, "Settled by the reconciler.", read);
}
