import { now } from "../clock";
import { db } from "../db";
import { notFound } from "../errors";
import { type SubscriptionView, viewSubscription } from "./view-subscription";

/**
 * Another card, from the next attempt on; one that is being dunned for can be paid with it at once through the link of its
 * email. @throws AppError `not_found` (404) without a live subscription.
 */
export async function changeCard(userId: string, paymentMethod: string): Promise<SubscriptionView | null> {
  const changed = await db().$executeRaw`
    UPDATE subscriptions SET payment_method = ${paymentMethod}, attached_method = NULL, updated_at = ${now()}
    WHERE user_id = ${userId} AND status <> 'cancelled'`;
  if (changed === 0) throw notFound("subscription");
  return viewSubscription(userId);
}
