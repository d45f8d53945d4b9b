import { callStripe } from "../stripe";
import { markProcessed } from "../webhooks/inbox";
import { readCharge } from "./charge";
import { recordIntent } from "./record-charge";
import { listRefunds, recordRefunds } from "./record-refunds";

/** Where a charge stands, or `unknown`; and how many of its refunds were news. */
export interface Refreshed {
  status: string;
  refunds: number;
}

/** Takes over what Stripe says of a charge's payment, and of its refunds. */
export async function refreshCharge(chargeId: string): Promise<Refreshed> {
  const charge = await readCharge(chargeId);
  if (!charge) return { status: "unknown", refunds: 0 };
  const { intentId } = charge;
  if (!intentId) return { status: charge.status, refunds: 0 };
  await recordIntent(chargeId, await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)));
  const settled = (await readCharge(chargeId)) ?? charge;
  const refunds = settled.captured > 0 ? await recordRefunds(chargeId, await listRefunds(intentId)) : 0;
  await markProcessed(
    "stripe",
    intentId,
    `The subscription's charge is ${settled.status}, ${refunds} refunds were news.`,
  );
  return { status: settled.status, refunds };
}
