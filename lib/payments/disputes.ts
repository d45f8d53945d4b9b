import type Stripe from "stripe";
import { raiseAlert, resolveAlerts } from "../alerts";
import { ago, HOUR, MINUTE, now } from "../clock";
import { db, transaction } from "../db";
import { formatMoney } from "../money";
import { insertTimeline, lockOrder, type TimelineEntry } from "../order-state/order-changes";
import { CLOSED_DISPUTES } from "../order-state/status";
import { callStripe, listDisputes, readSpan } from "../stripe";
import type { Sweep } from "../sweep";

/** Reads all disputes of a PaymentIntent from Stripe, applies each, and returns their number. Safe to repeat. */
export async function syncDisputes(intentId: string): Promise<number> {
  const disputes = await listDisputes(intentId);
  for (const dispute of disputes) await syncDispute(intentId, dispute);
  return disputes.length;
}

/** Stores the state of a dispute. The lock on the order serializes this and a shipment. An open dispute has an open alert. */
async function syncDispute(intentId: string, dispute: Stripe.Dispute): Promise<void> {
  const { id, amount, reason, status } = dispute;
  const currency = dispute.currency.toUpperCase();
  const closed = CLOSED_DISPUTES.includes(status);
  const at = now();
  const orderId = await transaction(async (tx) => {
    const payment = await tx.payment.findUnique({ where: { intentId }, select: { id: true, orderId: true } });
    if (!payment) return undefined;
    const { id: paymentId, orderId } = payment;
    await lockOrder(tx, orderId);
    const row = { id, paymentId, orderId, amount, currency, reason, status, createdAt: at, updatedAt: at };
    await tx.dispute.upsert({ where: { id }, create: row, update: { status, updatedAt: at } });
    const entries: TimelineEntry[] = [
      { orderId, type: "payment_disputed", key: id, data: { amount, currency, reason } },
      ...(closed ? [{ orderId, type: "dispute_closed" as const, key: id, data: { status } }] : []),
    ];
    await insertTimeline(tx, entries, at);
    return orderId;
  });
  if (orderId === undefined) return;
  const incident = `dispute:${id}`;
  if (closed) await resolveAlerts({ incident });
  if (!closed || status === "lost")
    await raiseAlert({
      kind: "payment_disputed",
      incident: closed ? `${incident}:lost` : incident,
      subject: `${closed ? "Lost" : "Disputed"}: the payment of order ${orderId}, ${formatMoney({ amount, currency })}`,
      detail: { orderId, disputeId: id, reason, status },
      once: true,
    });
}

/** A lost webhook delays the end of a dispute by about this. */
const RECHECK_MS = HOUR;

export const stripeDisputes: Sweep = {
  name: "stripe-disputes",
  description: "Reads new disputes and the state of open ones from Stripe.",
  intervalMs: 10 * MINUTE,
  async scan(cursor, at) {
    const found: Stripe.Dispute[] = [];
    const list = (params: Stripe.DisputeListParams) => callStripe((stripe) => stripe.disputes.list(params));
    const span = await readSpan(cursor, at, list, (page) => void found.push(...page));
    const ids = found.map(({ payment_intent: intent }) => (typeof intent === "string" ? intent : (intent?.id ?? "")));
    const unknown = await db().payment.findMany({
      where: { intentId: { in: ids }, disputes: { none: { id: { in: found.map(({ id }) => id) } } } },
      select: { intentId: true },
    });
    const open = await db().dispute.findMany({
      where: { status: { notIn: CLOSED_DISPUTES }, updatedAt: { lt: ago(RECHECK_MS, at) } },
      select: { payment: { select: { intentId: true } } },
      take: 100,
    });
    const intents = [...unknown, ...open.map(({ payment }) => payment)].map(({ intentId }) => intentId ?? "");
    return { ids: [...new Set(intents)], ...span };
  },
  repair: syncDisputes,
};
