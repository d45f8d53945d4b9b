import type Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { ago, DAY, MINUTE } from "../clock";
import { db } from "../db";
import { readCursor, writeCursor } from "../reconcile/cursor";
import { eachNoted, retryNoted } from "../reconcile/retries";
import { callStripe } from "../stripe";
import { recordTransfer } from "./record-transfer";

const CURSOR = "stripe-transfer-events";

/**
 * Compares what Stripe has sent and fetched back with the ledger, by Stripe's own record of events, a quarter of an hour
 * after each: a transfer whose answer was lost, one that was reversed in the dashboard, and money that no payout knows of.
 * Transfers without our metadata belong to another system. Returns how many it looked at.
 */
export async function checkTransfers(): Promise<number> {
  const until = Math.floor(ago(15 * MINUTE).getTime() / 1_000);
  const from = await readCursor(CURSOR, ago(DAY));
  const ids = new Set<string>();
  // Stripe lists newest first and in no other order, so the cursor moves once the whole span has been read.
  let startingAfter: string | undefined;
  let more = true;
  while (more) {
    const page = await callStripe((stripe) =>
      stripe.events.list({
        types: ["transfer.created", "transfer.reversed"],
        created: { gt: from, lte: until },
        limit: 100,
        starting_after: startingAfter,
      }),
    );
    for (const { data } of page.data) if ("id" in data.object) ids.add(String(data.object.id));
    startingAfter = page.data.at(-1)?.id;
    more = page.has_more && startingAfter !== undefined;
  }
  await retryNoted("transfer", check);
  await eachNoted("transfer", [...ids], check);
  await writeCursor(CURSOR, until);
  return ids.size;
}

const check = async (id: string) => compare(await callStripe((stripe) => stripe.transfers.retrieve(id)));

async function compare(transfer: Stripe.Transfer): Promise<void> {
  const payoutId = transfer.metadata.payout_id;
  if (!payoutId) return;
  const [known] = await db().$queryRaw<{ expenseId: string }[]>`
    SELECT expense_id AS "expenseId" FROM payouts WHERE id = ${payoutId} AND coalesce(transfer_id, ${transfer.id}) = ${transfer.id}`;
  if (!known) return transfer.reversed ? undefined : alertUnknown(transfer, payoutId);
  await recordTransfer(known.expenseId, transfer);
  if (transfer.amount_reversed > 0 && !transfer.reversed) await alertPart(known.expenseId, transfer);
}

async function alertUnknown(transfer: Stripe.Transfer, payoutId: string): Promise<void> {
  await raiseAlert({
    kind: "unknown_transfer",
    id: `unknown-transfer:${transfer.id}`,
    subject: `Stripe has sent money that no payout knows of: ${transfer.id}`,
    detail: { transferId: transfer.id, payoutId, amount: transfer.amount, currency: transfer.currency },
  });
}

/** A payout is paid or it is not; what to make of half of one, a person decides. */
async function alertPart(expenseId: string, transfer: Stripe.Transfer): Promise<void> {
  await raiseAlert({
    kind: "payout_partly_reversed",
    id: `payout-partly-reversed:${transfer.id}:${transfer.amount_reversed}`,
    subject: `A part of the payment of expense ${expenseId} was fetched back at Stripe`,
    detail: {
      expenseId,
      transferId: transfer.id,
      reversed: transfer.amount_reversed,
      of: transfer.amount,
      currency: transfer.currency,
    },
  });
}
