import { refreshCharge } from "../billing/refresh-charge";
import { now } from "../clock";
import { db } from "../db";
import { tellCharge, tellRefunds } from "../email/send-billing-mail";
import { sendRefundMails } from "../email/send-order-mail";
import { settleIntent } from "../payments/close-intents";
import { syncRefunds } from "../payments/record-refund";
import { eachNoted, forget } from "../reconcile/retries";
import { NO_INTENT } from "../stripe";
import { markProcessed } from "./inbox";

/** Applies webhooks that nobody has dealt with; one that cannot be applied now keeps no other waiting. */
export async function applyUnheard(intentIds: string[]): Promise<{ done: number; failed: number }> {
  return eachNoted("webhook", intentIds, async (intentId) => {
    await applyIntent(intentId);
    await forget("webhook", intentId);
  });
}

/**
 * Does what webhooks about a PaymentIntent were to set going, when their run was lost: its state and its refunds are read
 * from Stripe and taken over, whichever books it belongs to.
 */
export async function applyIntent(intentId: string): Promise<void> {
  const [charge] = await db().$queryRaw<
    { id: string }[]
  >`SELECT id FROM subscription_charges WHERE intent_id = ${intentId}`;
  if (charge) {
    await refreshCharge(charge.id);
    await tellCharge(charge.id, 0);
    await tellRefunds(charge.id);
    return;
  }
  const read = now();
  const settled = await settleIntent(intentId);
  if (settled?.outcome === "unknown") return markProcessed("stripe", intentId, NO_INTENT, read);
  if ((await syncRefunds(intentId)) > 0) await sendRefundMails(intentId);
  await markProcessed("stripe", intentId, "Settled by the reconciler.", read);
}
