import { now } from "../clock";
import { db, type Prisma, type Tx } from "../db";

/** The fields of the subscription that a charge needs. */
export const CHARGE_RELATIONS = {
  subscription: { include: { plan: true, user: { include: { billing: true } } } },
} satisfies Prisma.SubscriptionChargeInclude;

/** The charge of one period, with its subscription, plan and customer. `attempt` counts the attempts that have ended. */
export type Charge = Prisma.SubscriptionChargeGetPayload<{ include: typeof CHARGE_RELATIONS }>;

export function readCharge(id: string, tx: Tx = db()): Promise<Charge | null> {
  return tx.subscriptionCharge.findUnique({ where: { id }, include: CHARGE_RELATIONS });
}

/** Returns the charge after locking its subscription. Every change to a charge holds this lock. */
export async function lockCharge(tx: Tx, chargeId: string): Promise<Charge | null> {
  await tx.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM subscriptions s JOIN subscription_charges c ON c.subscription_id = s.id WHERE c.id = ${chargeId} FOR UPDATE OF s`;
  return readCharge(chargeId, tx);
}

/**
 * Stores the PaymentIntent's id before the intent is confirmed. If two intents were created at once, the first stored id is used,
 * and the other intent is never confirmed. Returns the stored id, or null if the charge has ended.
 */
export async function claimChargePaymentIntent(
  { id, subscriptionId }: Charge,
  intentId: string,
): Promise<string | null> {
  const [claimed] = await db().$queryRaw<{ intentId: string }[]>`
    WITH locked AS (SELECT id FROM subscriptions WHERE id = ${subscriptionId} FOR SHARE)
    UPDATE subscription_charges c SET intent_id = coalesce(c.intent_id, ${intentId}), intent_open = true, updated_at = ${now()}
    FROM locked WHERE c.subscription_id = locked.id AND c.id = ${id} AND c.status = 'open' RETURNING c.intent_id AS "intentId"`;
  return claimed?.intentId ?? null;
}

/** Changes the idempotency key for the next call. Stripe replays its own errors (5xx) and its refusals under the old key. */
export async function renewChargeKey({ id, idempotencyKeyVersion }: Charge): Promise<void> {
  await db().subscriptionCharge.updateMany({
    where: { id, idempotencyKeyVersion },
    data: { idempotencyKeyVersion: { increment: 1 } },
  });
}
