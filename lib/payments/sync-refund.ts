import type Stripe from "stripe";
import type { OrderStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { callStripe } from "../stripe";

interface KnownRefund {
  id: string;
  orderId: string;
  status: string;
  stripeRefundId: string | null;
}

/**
 * Brings our books in line with a refund at Stripe, whoever made it: one of ours is recognised by its metadata, one made
 * in Stripe's dashboard is added. Any number of times, in any order: a reading that is older than what we know changes nothing.
 */
export async function syncRefund(refund: Stripe.Refund): Promise<"succeeded" | "pending" | "failed"> {
  const status =
    refund.status === "succeeded"
      ? "succeeded"
      : refund.status === "failed" || refund.status === "canceled"
        ? "failed"
        : "pending";
  const code = refund.failure_reason ?? "failed";
  const events: OutgoingEvent[] = [];
  const failed = await transaction(async (tx) => {
    events.length = 0;
    const known = (await find(tx, refund)) ?? (await adopt(tx, refund));
    if (known && status === "failed") return (await markFailed(tx, known, code, refund.id)) ? known.id : undefined;
    if (known && status !== "failed") events.push(...(await mark(tx, known, refund, status)));
    return undefined;
  });
  await announce(events);
  if (failed) await alertRefundFailed(failed, code);
  return status;
}

/** Asks Stripe for all refunds of a PaymentIntent and records each. */
export async function syncRefunds(intentId: string): Promise<number> {
  const refunds = await callStripe((stripe) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }));
  for (const refund of refunds.data) await syncRefund(refund);
  return refunds.data.length;
}

/** A refund of ours that Stripe refuses for good: the money is still here. */
export async function markRefundFailed(refundId: string, code: string): Promise<void> {
  await transaction(async (tx) => {
    const [known] = await tx.$queryRaw<KnownRefund[]>`
      SELECT ${KNOWN} FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.id = ${refundId} FOR UPDATE OF o, r`;
    if (known) await markFailed(tx, known, code, null);
  });
}

/** A person has to look at a refund that was refused. */
export async function alertRefundFailed(refundId: string, code: string): Promise<void> {
  await raiseAlert({
    kind: "refund_failed",
    id: `refund-failed:${refundId}`,
    subject: `Refund ${refundId} was refused: ${code}`,
    detail: { refundId, code },
  });
}

const KNOWN = Prisma.sql`r.id, r.order_id AS "orderId", r.status, r.stripe_refund_id AS "stripeRefundId"`;

/** Both rows are locked: of one that is not, a statement that had to wait sees what it was before. */
async function find(tx: Tx, refund: Stripe.Refund): Promise<KnownRefund | undefined> {
  const [known] = await tx.$queryRaw<KnownRefund[]>`
    SELECT ${KNOWN} FROM refunds r JOIN orders o ON o.id = r.order_id
    WHERE r.stripe_refund_id = ${refund.id} OR (r.id = ${refund.metadata?.refund_id ?? ""} AND r.stripe_refund_id IS NULL) FOR UPDATE OF o, r`;
  return known;
}

/** A refund that we did not ask for: made in Stripe's dashboard, against a payment of ours. */
async function adopt(tx: Tx, refund: Stripe.Refund): Promise<KnownRefund | undefined> {
  const intentId = typeof refund.payment_intent === "string" ? refund.payment_intent : refund.payment_intent?.id;
  const [payment] = await tx.$queryRaw<{ id: string; orderId: string }[]>`
    SELECT p.id, p.order_id AS "orderId" FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.intent_id = ${intentId ?? ""} FOR UPDATE OF o`;
  if (!payment || refund.status === "failed" || refund.status === "canceled") return undefined;
  const at = now();
  const id = newId("ref");
  const { amount } = refund;
  const currency = refund.currency.toUpperCase();
  await tx.$executeRaw`
    WITH taken AS (UPDATE payments SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${payment.id}),
    told AS (${timelineInsert([{ orderId: payment.orderId, type: "refund_requested", key: id, data: { amount, currency, reason: "dashboard" } }], at)})
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, idempotency_key, stripe_refund_id, created_at, updated_at)
    VALUES (${id}, ${payment.id}, ${payment.orderId}, ${amount}, ${currency}, 'dashboard', 'pending', ${`stripe:${refund.id}`}, ${refund.id}, ${at}, ${at})`;
  return { id, orderId: payment.orderId, status: "pending", stripeRefundId: refund.id };
}

/** Returns the events to announce. */
async function mark(
  tx: Tx,
  known: KnownRefund,
  refund: Stripe.Refund,
  status: "succeeded" | "pending",
): Promise<OutgoingEvent[]> {
  // What Stripe has failed stays failed there, and was read before that; what it refused to us, it had made already.
  if (known.status === "succeeded" || (known.status === "failed" && known.stripeRefundId)) return [];
  const at = now();
  if (known.status === "failed")
    await tx.$executeRaw`
      UPDATE payments p SET refunded = p.refunded + r.amount, updated_at = ${at} FROM refunds r WHERE r.id = ${known.id} AND p.id = r.payment_id`;
  await tx.$executeRaw`
    UPDATE refunds SET status = ${status}::refund_status, stripe_refund_id = ${refund.id}, failure_code = NULL, updated_at = ${at} WHERE id = ${known.id}`;
  if (status === "pending") return [];
  const data = { amount: refund.amount, currency: refund.currency.toUpperCase() };
  const { id: refundId, orderId } = known;
  const id = `refund-succeeded:${refundId}`;
  const event: OutgoingEvent = { name: EVENTS.REFUND_SUCCEEDED, id, data: { orderId, refundId } };
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "refund_succeeded", key: refundId, data }], at)}) ${outboxInsert([event], at)}`;
  await markOrderRefunded(tx, known, at);
  return [event];
}

/** A paid order whose money has all gone back is refunded; one that was cancelled stays cancelled. */
async function markOrderRefunded(tx: Tx, { id, orderId }: KnownRefund, at: Date): Promise<void> {
  const [order] = await tx.$queryRaw<{ status: OrderStatus }[]>`
    SELECT status FROM orders o WHERE id = ${orderId} AND status IN ('confirmed', 'shipped', 'delivered')
      AND (SELECT sum(captured) - coalesce((SELECT sum(amount) FROM refunds r WHERE r.order_id = o.id AND r.status = 'succeeded'), 0)
           FROM payments p WHERE p.order_id = o.id) = 0`;
  if (!order) return;
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_refunded", key: id, data: { before: order.status } }], at)})
    UPDATE orders SET status = 'refunded', updated_at = ${at} WHERE id = ${orderId}`;
}

/** A refund can fail after it had succeeded, when the bank sends it back; then the order is what it was before. */
async function markFailed(tx: Tx, known: KnownRefund, code: string, stripeRefundId: string | null): Promise<boolean> {
  if (known.status === "failed") return false;
  const at = now();
  await tx.$executeRaw`
    WITH failed AS (
      UPDATE refunds SET status = 'failed', failure_code = ${code}, stripe_refund_id = coalesce(${stripeRefundId}, stripe_refund_id), updated_at = ${at}
      WHERE id = ${known.id} RETURNING payment_id, amount
    ), told AS (${timelineInsert([{ orderId: known.orderId, type: "refund_failed", key: known.id, data: { code } }], at)})
    UPDATE payments p SET refunded = p.refunded - failed.amount, updated_at = ${at} FROM failed WHERE p.id = failed.payment_id`;
  await tx.$executeRaw`
    UPDATE orders o SET updated_at = ${at}, status = coalesce((
      SELECT (e.data->>'before')::order_status FROM order_events e WHERE e.order_id = o.id AND e.type = 'order_refunded' ORDER BY e.id DESC LIMIT 1
    ), 'confirmed')
    WHERE o.id = ${known.orderId} AND o.status = 'refunded'`;
  return true;
}
