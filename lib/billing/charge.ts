import type { SubscriptionChargeStatus, SubscriptionStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Tx } from "../db";

/** A charge for one period, with what of its subscription decides how it is made. */
export interface Charge {
  id: string;
  subscriptionId: string;
  status: SubscriptionChargeStatus;
  amount: number;
  currency: string;
  /** Attempts that have ended. */
  attempt: number;
  firstFailedAt: Date | null;
  failureCode: string | null;
  idempotencyKey: string;
  tries: number;
  intentId: string | null;
  captured: number;
  refunded: number;
  userId: string;
  email: string;
  planName: string;
  paymentMethod: string;
  attachedMethod: string | null;
  customerId: string | null;
  subscriptionStatus: SubscriptionStatus;
}

export async function readCharge(chargeId: string, from: Tx = db()): Promise<Charge | undefined> {
  const [charge] = await from.$queryRaw<Charge[]>`
    SELECT c.id, c.subscription_id AS "subscriptionId", c.status, c.amount, c.currency, c.attempt, c.first_failed_at AS "firstFailedAt", c.failure_code AS "failureCode",
      c.idempotency_key AS "idempotencyKey", c.tries, c.intent_id AS "intentId", c.captured, c.refunded, s.user_id AS "userId", u.email, p.name AS "planName",
      s.payment_method AS "paymentMethod", s.attached_method AS "attachedMethod", b.customer_id AS "customerId", s.status AS "subscriptionStatus"
    FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id JOIN plans p ON p.id = s.plan_id
      JOIN users u ON u.id = s.user_id LEFT JOIN billing_customers b ON b.user_id = s.user_id
    WHERE c.id = ${chargeId}`;
  return charge;
}

/** The same under the lock on the subscription, which every change to its charges holds. */
export async function lockCharge(tx: Tx, chargeId: string): Promise<Charge | undefined> {
  await tx.$queryRaw`
    SELECT s.id FROM subscriptions s JOIN subscription_charges c ON c.subscription_id = s.id WHERE c.id = ${chargeId} FOR UPDATE OF s`;
  return readCharge(chargeId, tx);
}

/**
 * Keeps the PaymentIntent's id before it is confirmed. Of two that were made at once the first that comes here is kept, and the
 * other confirmed by nobody. Returns the one that is kept; null when the charge has ended meanwhile.
 */
export async function claimChargePaymentIntent(
  { id, subscriptionId }: Charge,
  intentId: string,
): Promise<string | null> {
  const [kept] = await db().$queryRaw<{ intentId: string }[]>`
    WITH live AS (SELECT id FROM subscriptions WHERE id = ${subscriptionId} FOR SHARE)
    UPDATE subscription_charges c SET intent_id = coalesce(c.intent_id, ${intentId}), intent_open = true, updated_at = ${now()}
    FROM live WHERE c.subscription_id = live.id AND c.id = ${id} AND c.status = 'open' RETURNING c.intent_id AS "intentId"`;
  return kept?.intentId ?? null;
}

/** A new key for the next call: Stripe repeats its own errors (5xx) and its refusals under the old one. */
export async function renewChargeKey({ id, tries }: Charge): Promise<void> {
  await db().$executeRaw`UPDATE subscription_charges SET tries = tries + 1 WHERE id = ${id} AND tries = ${tries}`;
}
