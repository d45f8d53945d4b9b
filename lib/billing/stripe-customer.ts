import { now } from "../clock";
import { db } from "../db";
import { fingerprint } from "../ids";
import { callStripe } from "../stripe";
import type { Charge } from "./charge";

/** A card that Stripe charges without its owner: the customer, and the method attached to it. */
export interface ChargeableCard {
  customerId: string;
  methodId: string;
}

/**
 * The subscription's present card, attached to its user's customer at Stripe; both are made when they are first needed, and
 * kept. @throws a Stripe error when the card cannot be attached, which is a failed attempt.
 */
export async function chargeableCard(charge: Charge): Promise<ChargeableCard> {
  const customerId = charge.customerId ?? (await makeCustomer(charge));
  return { customerId, methodId: charge.attachedMethod ?? (await attach(charge, customerId)) };
}

/** Should two be made at Stripe, because an answer was lost for longer than a key is kept, the first one stored is used. */
async function makeCustomer({ userId, email, tries }: Charge): Promise<string> {
  const { id } = await callStripe((stripe) =>
    stripe.customers.create(
      { email, metadata: { user_id: userId } },
      { idempotencyKey: `customer:${userId}:${tries}` },
    ),
  );
  await db().$executeRaw`
    INSERT INTO billing_customers (user_id, customer_id, created_at) VALUES (${userId}, ${id}, ${now()}) ON CONFLICT DO NOTHING`;
  const [kept] = await db().$queryRaw<{ customerId: string }[]>`
    SELECT customer_id AS "customerId" FROM billing_customers WHERE user_id = ${userId}`;
  if (!kept) throw new Error("The customer was not written.");
  return kept.customerId;
}

async function attach(charge: Charge, customer: string): Promise<string> {
  const { subscriptionId, paymentMethod, tries } = charge;
  const idempotencyKey = `attach:${fingerprint({ customer, paymentMethod }).slice(0, 32)}:${tries}`;
  const { id } = await callStripe((stripe) =>
    stripe.paymentMethods.attach(paymentMethod, { customer }, { idempotencyKey }),
  );
  await db().$executeRaw`
    UPDATE subscriptions SET attached_method = ${id} WHERE id = ${subscriptionId} AND payment_method = ${paymentMethod}`;
  return id;
}
