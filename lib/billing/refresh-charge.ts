import { callStripe } from "../stripe";
import { markProcessed } from "../webhooks/inbox";
import { readCharge } from "./charge";
import { recordIntent } from "./record-charge";

/** Takes over what Stripe says of a charge's payment. Returns the charge's status now, or `unknown`. */
export async function refreshCharge(chargeId: string): Promise<string> {
  const charge = await readCharge(chargeId);
  if (!charge) return "unknown";
  const { intentId } = charge;
  if (!intentId) return charge.status;
  await recordIntent(chargeId, await callStripe((stripe) => stripe.paymentIntents.retrieve(intentId)));
  const status = (await readCharge(chargeId))?.status ?? charge.status;
  await markProcessed("stripe", intentId, `The subscription's charge is ${status}.`);
  return status;
}
