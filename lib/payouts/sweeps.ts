import type Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { ago, HOUR, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { batchSendEvents } from "../inngest";
import { isOwn } from "../installation";
import { callStripe, readSpan } from "../stripe";
import type { Sweep } from "../sweep";
import { paymentEvent, recordTransfer } from "./payout";
import { reversePayout } from "./send-payout";

/** `process-payment` retries for 2.3 hours by itself. */
const PAYOUT_GRACE_MS = 3 * HOUR;
/** A run reverses a payout within seconds. */
const REVERSAL_GRACE_MS = 10 * MINUTE;

export const idlePayouts: Sweep = {
  name: "idle-payouts",
  description: "Requests payouts again whose run was lost. A payout that waits in the manual queue is left there.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT p.expense_id AS id FROM payouts p JOIN expenses e ON e.id = p.expense_id
    WHERE p.status IN ('created', 'sending', 'sent') AND p.updated_at < ${ago(PAYOUT_GRACE_MS, at)} AND NOT (e.status = 'approved' AND EXISTS (
      SELECT 1 FROM manual_queue m WHERE m.kind = 'payout' AND m.entity_id = e.id AND m.resolved_at IS NULL))
    ORDER BY p.updated_at`,
  repairAll: requestAgain,
};

/** Requests payouts again, each once an hour at most: the event's id holds the hour. Returns how many. */
async function requestAgain(expenseIds: string[]): Promise<number> {
  const key = `again:${Math.floor(now().getTime() / HOUR)}`;
  const payouts = await db().payout.findMany({
    where: { expenseId: { in: expenseIds }, status: { in: ["created", "sending", "sent"] } },
    select: { expenseId: true, amount: true, currency: true },
  });
  await batchSendEvents(payouts.map(({ expenseId, ...money }) => paymentEvent(expenseId, money, key)));
  return payouts.length;
}

export const openReversals: Sweep = {
  name: "open-reversals",
  description:
    "Reverses transfers of withdrawn or failed payouts whose run was lost, or whose reversal an operator retries.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT p.expense_id AS id FROM payouts p WHERE p.status = 'reversing' AND p.updated_at < ${ago(REVERSAL_GRACE_MS, at)} AND NOT EXISTS (
      SELECT 1 FROM manual_queue m WHERE m.kind = 'payout' AND m.entity_id = p.expense_id AND m.resolved_at IS NULL)
    ORDER BY p.updated_at`,
  repair: (expenseId) => reversePayout(expenseId, "resumed"),
};

/**
 * Compares the transfers and reversals in Stripe's list of events with our payouts. It finds transfers whose answer was lost,
 * transfers that were reversed in the dashboard, and transfers without a payout.
 */
export const stripeTransfers: Sweep = {
  name: "stripe-transfers",
  description: "Compares the transfers at Stripe with our payouts.",
  intervalMs: 15 * MINUTE,
  async scan(cursor, at) {
    const types = ["transfer.created", "transfer.reversed"];
    const ids = new Set<string>();
    const list = (params: Stripe.EventListParams) => callStripe((stripe) => stripe.events.list({ types, ...params }));
    const span = await readSpan(cursor, at, list, (page) => {
      for (const { data } of page) if ("id" in data.object) ids.add(String(data.object.id));
    });
    return { ids: [...ids], ...span };
  },
  repair: compareTransfer,
};

/** Transfers without the id of this installation belong to another one, or to another system. */
async function compareTransfer(id: string): Promise<void> {
  const transfer = await callStripe((stripe) => stripe.transfers.retrieve(id));
  const payoutId = transfer.metadata.payout_id;
  if (!payoutId || !(await isOwn(transfer))) return;
  const payout = await db().payout.findFirst({
    where: { id: payoutId, OR: [{ transferId: null }, { transferId: transfer.id }] },
    select: { expenseId: true },
  });
  if (!payout) return transfer.reversed ? undefined : alertUnknown(transfer, payoutId);
  await recordTransfer(payout.expenseId, transfer);
  if (transfer.amount_reversed > 0 && !transfer.reversed) await alertPartlyReversed(payout.expenseId, transfer);
}

async function alertUnknown(transfer: Stripe.Transfer, payoutId: string): Promise<void> {
  await raiseAlert({
    kind: "unknown_transfer",
    incident: `unknown-transfer:${transfer.id}`,
    once: true,
    subject: `Stripe has a transfer without a payout: ${transfer.id}`,
    detail: { transferId: transfer.id, payoutId, amount: transfer.amount, currency: transfer.currency },
  });
}

/** Raises an alert for a partly reversed transfer, because a payout is either paid or not. An operator decides. */
async function alertPartlyReversed(expenseId: string, transfer: Stripe.Transfer): Promise<void> {
  const { id: transferId, amount_reversed: reversed, amount, currency } = transfer;
  await raiseAlert({
    kind: "payout_partly_reversed",
    incident: `payout-partly-reversed:${transferId}:${reversed}`,
    once: true,
    subject: `A part of the payment of expense ${expenseId} was reversed at Stripe`,
    detail: { expenseId, transferId, reversed, of: amount, currency },
  });
}
