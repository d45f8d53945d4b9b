import type Stripe from "stripe";
import { raiseAlert, resolveAlerts } from "../alerts";
import { ago, HOUR, MINUTE, now } from "../clock";
import { db, transaction } from "../db";
import { formatMoney } from "../money";
import { insertTimeline, lockOrder, type TimelineEntry } from "../order-state/order-changes";
import { CLOSED_DISPUTES } from "../order-state/status";
import { callStripe, listDisputes, readSpan } from "../stripe";
import type { Sweep } from "../sweep";

/**
 * Reads all disputes of a PaymentIntent from Stripe, applies each, and returns their number. The intent is that of an order or of a
 * subscription's charge. An open dispute has an open alert. Safe to repeat.
 */
export async function syncDisputes(intentId: string): Promise<number> {
  const disputes = await listDisputes(intentId);
  for (const dispute of disputes) {
    const subject = (await storeOrderDispute(intentId, dispute)) ?? (await storeChargeDispute(intentId, dispute));
    if (subject) await updateAlert(dispute, subject);
  }
  return disputes.length;
}

/** What is disputed, as an alert names it. */
interface Disputed {
  name: string;
  detail: Record<string, string>;
}

/** Stores the state of an order's dispute. The lock on the order serializes this and a shipment. */
async function storeOrderDispute(intentId: string, dispute: Stripe.Dispute): Promise<Disputed | undefined> {
  const { id, amount, reason, status } = dispute;
  const currency = dispute.currency.toUpperCase();
  const at = now();
  return transaction(async (tx) => {
    const payment = await tx.payment.findUnique({ where: { intentId }, select: { id: true, orderId: true } });
    if (!payment) return undefined;
    const { id: paymentId, orderId } = payment;
    await lockOrder(tx, orderId);
    const row = { id, paymentId, orderId, amount, currency, reason, status, createdAt: at, updatedAt: at };
    await tx.dispute.upsert({ where: { id }, create: row, update: { status, updatedAt: at } });
    const entries: TimelineEntry[] = [
      { orderId, type: "payment_disputed", key: id, data: { amount, currency, reason } },
      ...(isClosed(dispute) ? [{ orderId, type: "dispute_closed" as const, key: id, data: { status } }] : []),
    ];
    await insertTimeline(tx, entries, at);
    return { name: `the payment of order ${orderId}`, detail: { orderId } };
  });
}

/** Stores the state of a dispute of a subscription's charge. The subscription goes on: an operator decides about it. */
async function storeChargeDispute(intentId: string, dispute: Stripe.Dispute): Promise<Disputed | undefined> {
  const { id, amount, reason, status } = dispute;
  const currency = dispute.currency.toUpperCase();
  const at = now();
  const charge = await db().subscriptionCharge.findUnique({
    where: { intentId },
    select: { id: true, subscriptionId: true },
  });
  if (!charge) return undefined;
  const { id: chargeId, subscriptionId } = charge;
  const row = { id, chargeId, amount, currency, reason, status, createdAt: at, updatedAt: at };
  await db().subscriptionDispute.upsert({ where: { id }, create: row, update: { status, updatedAt: at } });
  return { name: `charge ${chargeId} of subscription ${subscriptionId}`, detail: { subscriptionId, chargeId } };
}

const isClosed = ({ status }: Stripe.Dispute): boolean => CLOSED_DISPUTES.includes(status);

async function updateAlert(dispute: Stripe.Dispute, { name, detail }: Disputed): Promise<void> {
  const { id, amount, reason, status } = dispute;
  const money = formatMoney({ amount, currency: dispute.currency.toUpperCase() });
  const closed = isClosed(dispute);
  const incident = `dispute:${id}`;
  if (closed) await resolveAlerts({ incident });
  if (!closed || status === "lost")
    await raiseAlert({
      kind: "payment_disputed",
      incident: closed ? `${incident}:lost` : incident,
      subject: `${closed ? "Lost" : "Disputed"}: ${name}, ${money}`,
      detail: { ...detail, disputeId: id, reason, status },
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
    const intents = [...(await withUnknownDispute(found)), ...(await withOpenDispute(ago(RECHECK_MS, at)))];
    return { ids: [...new Set(intents)], ...span };
  },
  repair: syncDisputes,
};

/** Returns the PaymentIntents of disputes that we have not stored. Others belong to another system. */
async function withUnknownDispute(disputes: Stripe.Dispute[]): Promise<string[]> {
  const intents = disputes.map(({ payment_intent: intent }) =>
    typeof intent === "string" ? intent : (intent?.id ?? ""),
  );
  const where = {
    intentId: { in: intents },
    disputes: { none: { id: { in: disputes.map(({ id }) => id) } } },
  };
  const [payments, charges] = await Promise.all([
    db().payment.findMany({ where, select: { intentId: true } }),
    db().subscriptionCharge.findMany({ where, select: { intentId: true } }),
  ]);
  return [...payments, ...charges].map(({ intentId }) => intentId ?? "");
}

/** Returns the PaymentIntents of open disputes that were last read before a time. */
async function withOpenDispute(before: Date): Promise<string[]> {
  const open = { where: { status: { notIn: CLOSED_DISPUTES }, updatedAt: { lt: before } }, take: 100 };
  const [ofOrders, ofCharges] = await Promise.all([
    db().dispute.findMany({ ...open, select: { payment: { select: { intentId: true } } } }),
    db().subscriptionDispute.findMany({ ...open, select: { charge: { select: { intentId: true } } } }),
  ]);
  return [...ofOrders.map(({ payment }) => payment), ...ofCharges.map(({ charge }) => charge)].map(
    ({ intentId }) => intentId ?? "",
  );
}
