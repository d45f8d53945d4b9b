import { now } from "../clock";
import { findPaymentIntent, PAYMENT_INTENT_NOT_FOUND } from "../stripe";
import { markProcessed } from "../webhook-inbox";
import { readCharge } from "./charge";
import { listRefunds, recordRefunds } from "./record-refunds";
import { syncSubscriptionCharge } from "./sync-subscription-charge";

/**
 * Where a charge stands, or `unknown`; and how many refunds it has. Not how many were news: whoever tells of them does so
 * once for each, and after a crash between the books and the telling there would be none.
 */
export interface Refreshed {
  status: string;
  refunds: number;
}

/** Takes over what Stripe says of a charge's payment, and of its refunds. */
export async function refreshCharge(chargeId: string): Promise<Refreshed> {
  const charge = await readCharge(chargeId);
  if (!charge) return { status: "unknown", refunds: 0 };
  const { intentId } = charge;
  const read = now();
  const intent = intentId && (await findPaymentIntent(intentId));
  if (intentId && !intent) await markProcessed("stripe", intentId, PAYMENT_INTENT_NOT_FOUND, read);
  if (!intent) return { status: charge.status, refunds: 0 };
  await syncSubscriptionCharge(chargeId, intent);
  const settled = (await readCharge(chargeId)) ?? charge;
  const refunds = settled.captured > 0 ? await listRefunds(intent.id) : [];
  await recordRefunds(chargeId, refunds);
  await markProcessed(
    "stripe",
    intent.id,
    `The subscription's charge is ${settled.status}, refunds: ${refunds.length}.`,
    read,
  );
  return { status: settled.status, refunds: refunds.length };
}
