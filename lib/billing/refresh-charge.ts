import { now } from "../clock";
import { findPaymentIntent, PAYMENT_INTENT_NOT_FOUND } from "../stripe";
import { markProcessed } from "../webhook-inbox";
import { readCharge } from "./charge";
import { listRefunds, recordRefunds } from "./record-refunds";
import { syncSubscriptionCharge } from "./sync-subscription-charge";

/**
 * Updates a charge and its refunds from Stripe. Returns its status, or `unknown`, and how many refunds it has. All refunds count,
 * not only new ones: after a crash between storing and notifying, none would be new. Each refund is still notified only once.
 */
export async function refreshCharge(chargeId: string): Promise<{ status: string; refunds: number }> {
  const charge = await readCharge(chargeId);
  if (!charge) return { status: "unknown", refunds: 0 };
  const { intentId } = charge;
  const readAt = now();
  const intent = intentId && (await findPaymentIntent(intentId));
  if (intentId && !intent) await markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, readAt);
  if (!intent) return { status: charge.status, refunds: 0 };
  await syncSubscriptionCharge(chargeId, intent);
  const { status, captured } = (await readCharge(chargeId)) ?? charge;
  const refunds = captured > 0 ? await listRefunds(intent.id) : [];
  await recordRefunds(chargeId, refunds);
  const receipt = `The subscription's charge is ${status}, refunds: ${refunds.length}.`;
  await markProcessed("stripe", intent.id, receipt, readAt);
  return { status, refunds: refunds.length };
}
