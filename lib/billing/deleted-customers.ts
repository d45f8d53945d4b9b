import { ago, HOUR, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { callStripe, hasCode } from "../stripe";
import type { Sweep } from "../sweep";

/** Within this time, the run that ended the subscription has closed its charges. */
const CLOSE_GRACE_MS = HOUR;

export const deletedCustomers: Sweep = {
  name: "deleted-customers",
  description: "Deletes the Stripe customer of a deleted account, with its address and its cards.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT c.user_id AS id FROM billing_customers c WHERE c.ended_at < ${ago(CLOSE_GRACE_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM subscriptions s JOIN subscription_charges h ON h.subscription_id = s.id
        WHERE s.user_id = c.user_id AND h.intent_open)
    ORDER BY c.ended_at`,
  async repair(userId) {
    const customer = await db().billingCustomer.findUnique({ where: { userId }, select: { customerId: true } });
    if (!customer) return;
    const { customerId } = customer;
    await callStripe((stripe) => stripe.customers.del(customerId)).catch((error: unknown) => {
      // It was deleted before, and the answer was lost.
      if (!hasCode(error, "resource_missing")) throw error;
    });
    await db().billingCustomer.deleteMany({ where: { userId, customerId } });
  },
};
