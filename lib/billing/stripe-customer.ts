import { now } from "../clock";
import { db } from "../db";
import { fingerprint } from "../ids";
import { callStripe } from "../stripe";
import type { Charge } from "./charge";

/** A card that can be charged off-session: the Stripe customer, and the payment method attached to it. */
export interface ChargeableCard {
  customerId: string;
  methodId: string;
}

/**
 * Returns the subscription's current card, attached to the user's Stripe customer. Both are created at first use and stored.
 * @throws a Stripe error if the card cannot be attached, which is a failed attempt.
 */
export async function chargeableCard(charge: Charge): Promise<ChargeableCard> {
  const { user, attachedMethod } = charge.subscription;
  const customerId = user.billing?.customerId ?? (await createCustomer(charge));
  return { customerId, methodId: attachedMethod ?? (await attach(charge, customerId)) };
}

/** If Stripe creates two customers, because an answer was lost for longer than a key lives, the first stored one is used. */
async function createCustomer({ subscription, idempotencyKeyVersion }: Charge): Promise<string> {
  const { id: userId, email } = subscription.user;
  const options = { idempotencyKey: `customer:${userId}:${idempotencyKeyVersion}` };
  const { id } = await callStripe((stripe) =>
    stripe.customers.create({ email, metadata: { user_id: userId } }, options),
  );
  await db().billingCustomer.createMany({ data: { userId, customerId: id, createdAt: now() }, skipDuplicates: true });
  return (await db().billingCustomer.findUniqueOrThrow({ where: { userId } })).customerId;
}

async function attach(charge: Charge, customer: string): Promise<string> {
  const { subscriptionId, subscription, idempotencyKeyVersion } = charge;
  const { paymentMethod } = subscription;
  const idempotencyKey = `attach:${fingerprint({ customer, paymentMethod }).slice(0, 32)}:${idempotencyKeyVersion}`;
  const { id } = await callStripe((stripe) =>
    stripe.paymentMethods.attach(paymentMethod, { customer }, { idempotencyKey }),
  );
  await db().subscription.updateMany({
    where: { id: subscriptionId, paymentMethod },
    data: { attachedMethod: id },
  });
  return id;
}
