import { db } from "../db";
import type { Card } from "../orders/pay-again";

/** Returns the card that a user has saved for a subscription, to charge it off session. */
export async function savedCard(userId: string): Promise<Required<Card> | undefined> {
  const [customer, subscription] = await Promise.all([
    db().billingCustomer.findUnique({ where: { userId }, select: { customerId: true } }),
    db().subscription.findFirst({
      where: { userId, status: { not: "cancelled" }, attachedMethod: { not: null } },
      select: { attachedMethod: true },
    }),
  ]);
  if (!customer || !subscription?.attachedMethod) return undefined;
  return { paymentMethod: subscription.attachedMethod, stripeCustomer: customer.customerId };
}
