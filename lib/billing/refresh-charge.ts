import { now } from "../clock";
import { findIntent, NO_INTENT } from "../stripe";
import { markProcessed } from "../webhooks/inbox";
import { readCharge } from "./charge";
import { recordIntent } from "./record-charge";
import { listRefunds, recordRefunds } from "./record-refunds";

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
  const intent = intentId && (await findIntent(intentId));
  if (intentId && !intent) await markProcessed("stripe", intentId, NO_INTENT, read);
  if (!intent) return { status: charge.status, refunds: 0 };
  await recordIntent(chargeId, intent);
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
