import { now } from "../clock";
import { db } from "../db";
import { notFound } from "../errors";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

/**
 * Sets the payment method for the next attempt. During dunning, the customer can pay with it at once through the link of the email.
 * @throws AppError `not_found` (404) without a live subscription.
 */
export async function changeCard(userId: string, paymentMethod: string): Promise<SubscriptionView | null> {
  const { count } = await db().subscription.updateMany({
    where: { userId, status: { not: "cancelled" } },
    data: { paymentMethod, attachedMethod: null, updatedAt: now() },
  });
  if (count === 0) throw notFound("subscription");
  return viewSubscription(userId);
}
