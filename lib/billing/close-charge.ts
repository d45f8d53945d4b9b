import Stripe from "stripe";
import { SECOND } from "../clock";
import { db } from "../db";
import { messageOf } from "../errors";
import { log } from "../log";
import { withOutbox } from "../outbox";
import { callStripe, cancelPaymentIntent, listRefunds, withIdempotencyKey } from "../stripe";
import { type Charge, cancelledEvent, endSubscription, lockCharge, readCharge, syncSubscriptionCharge } from "./charge";
import { recordRefunds, recordRefusedRefund } from "./refresh-charge";

/** One step closes this many in a minute, at two calls to Stripe for each. */
const MAX_CLOSED_CHARGES = 100;
/** A step starts no charge later than this. If Stripe times out, the step still ends within the host's limit of two minutes. */
const MAX_CLOSE_MS = 40 * SECOND;

/**
 * Ends the subscription after its last attempt failed. The PaymentIntent is canceled first; a customer who paid at that moment
 * keeps the subscription. Returns whether it ended.
 *
 * @throws AppError `stripe_unavailable`, with `retry`.
 */
export async function failCharge(chargeId: string): Promise<boolean> {
  const charge = await readCharge(chargeId);
  if (charge?.status !== "open") return false;
  if (charge.intentId && (await syncSubscriptionCharge(chargeId, await cancelPaymentIntent(charge.intentId))))
    return false;
  return withOutbox(async (tx, publish) => {
    const open = await lockCharge(tx, chargeId);
    if (open?.status !== "open") return false;
    await endSubscription(tx, open.subscriptionId, "unpaid");
    publish(cancelledEvent(open.subscriptionId, "unpaid"));
    return true;
  });
}

/**
 * Makes sure that a charge that has ended cannot be paid, and refunds a payment that succeeded meanwhile. Safe to repeat.
 * @throws AppError `stripe_unavailable`, with `retry`; the reconciler continues after the last retry.
 */
export async function closeCharge(chargeId: string): Promise<"closed" | "refunded" | "still open"> {
  const charge = await readCharge(chargeId);
  if (!charge || charge.status === "open" || charge.status === "paid") return "still open";
  if (charge.intentId && charge.captured === 0)
    await syncSubscriptionCharge(chargeId, await cancelPaymentIntent(charge.intentId));
  const closed = await readCharge(chargeId);
  if (!closed?.intentId || closed.captured === closed.refunded) return "closed";
  await refund(closed, closed.intentId);
  return "refunded";
}

/** Closes the charges of a subscription that has ended. Returns how many. */
export async function closeCharges(subscriptionId: string): Promise<number> {
  const charges = await db().subscriptionCharge.findMany({
    where: {
      subscriptionId,
      status: { in: ["failed", "waived"] },
      OR: [{ intentOpen: true }, { captured: { gt: db().subscriptionCharge.fields.refunded } }],
    },
    select: { id: true },
  });
  for (const { id } of charges) await closeCharge(id);
  return charges.length;
}

/** Closes charges that were just waived. If one cannot be closed, the others still are, and the reconciler retries it. */
export async function closeEndedCharges(): Promise<{ done: number; failed: number }> {
  // Raw: with bound enum values PostgreSQL would not use the partial index.
  const charges = await db().$queryRaw<{ id: string }[]>`
    SELECT id FROM subscription_charges WHERE status IN ('failed', 'waived') AND (intent_open OR captured > refunded)
    ORDER BY updated_at LIMIT ${MAX_CLOSED_CHARGES}`;
  const result = { done: 0, failed: 0 };
  const started = performance.now();
  for (const { id } of charges) {
    if (performance.now() - started >= MAX_CLOSE_MS) break;
    try {
      await closeCharge(id);
      result.done++;
    } catch (error) {
      result.failed++;
      log.warn({ chargeId: id, error: messageOf(error) }, "a charge could not be closed; the reconciler retries it");
    }
  }
  return result;
}

/**
 * Refunds the amount that is not refunded yet. The refunds at Stripe are read first: Stripe drops a key after 24 hours, and
 * an operator may have refunded a part in the dashboard. After a refund has failed, each further one needs an operator's decision.
 */
async function refund(charge: Charge, intentId: string): Promise<void> {
  const { id, captured } = charge;
  const existing = await listRefunds(intentId);
  await recordRefunds(id, existing);
  const rest = captured - ((await readCharge(id))?.refunded ?? captured);
  if (rest === 0) return;
  if (!(await mayRefund(id))) return;
  const params = { payment_intent: intentId, amount: rest, metadata: { subscription_charge_id: id } };
  // The number of earlier refunds makes a retry another request.
  const suffix = `refund:${rest}:${existing.length}`;
  try {
    const created = await withIdempotencyKey("subscription_charges", charge, (key) =>
      callStripe((stripe) => stripe.refunds.create(params, { idempotencyKey: `${key}:${suffix}` })),
    );
    await recordRefunds(id, [created]);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    await recordRefusedRefund(id, rest, error.code ?? error.type);
  }
}

/** Returns whether a refund may be made: no refund has failed, or an operator has decided about each one that has. */
const mayRefund = async (entityId: string): Promise<boolean> =>
  (await db().manualTask.count({ where: { kind: "subscription_refund", entityId, resolvedAt: null } })) === 0;
