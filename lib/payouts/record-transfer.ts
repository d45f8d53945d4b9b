import type Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { lockPayout, type Payout } from "./payout";

/**
 * Brings the ledger in line with what Stripe says of a transfer, whoever learns of it and however often: the run that sent
 * it, or the reconciler. Money that left although the payout had been given up is marked to be fetched back; what was
 * reversed in Stripe's dashboard is written down, and a person told. Returns the payout's status now.
 */
export async function recordTransfer(expenseId: string, transfer: Stripe.Transfer): Promise<PayoutStatus> {
  const { before, after } = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout) throw new Error(`There is no payout for expense ${expenseId}.`);
    const status = statusAfter(payout, transfer);
    await write(tx, payout, transfer, status);
    return { before: payout.status, after: status };
  });
  if (before === "paid" && after === "reversed") await alertReversed(expenseId, transfer);
  return after;
}

/** What a transfer makes of a payout: it only ever moves on. */
function statusAfter({ status }: Payout, transfer: Stripe.Transfer): PayoutStatus {
  if (transfer.reversed) return "reversed";
  if (status === "created" || status === "sending") return "sent";
  return status === "failed" ? "reversing" : status;
}

async function write(tx: Tx, payout: Payout, transfer: Stripe.Transfer, status: PayoutStatus): Promise<void> {
  const at = now();
  // A part that was fetched back in the dashboard stays a matter for a person; the row shows it once it is all of it.
  const reversed = status === "reversed" ? transfer.amount : 0;
  await tx.$executeRaw`
    UPDATE payouts SET status = ${status}::payout_status, transfer_id = ${transfer.id}, sent = ${transfer.amount}, reversed = ${reversed}, updated_at = ${at}
    WHERE id = ${payout.id} AND (status <> ${status}::payout_status OR sent = 0)`;
  if (status === "reversed")
    await tx.$executeRaw`
      UPDATE expenses SET status = 'payment_failed', updated_at = ${at} WHERE id = ${payout.expenseId} AND status IN ('approved', 'paid')`;
}

async function alertReversed(expenseId: string, transfer: Stripe.Transfer): Promise<void> {
  await raiseAlert({
    kind: "payout_reversed",
    id: `payout-reversed:${transfer.id}`,
    subject: `The payment of expense ${expenseId} was fetched back at Stripe`,
    detail: { expenseId, transferId: transfer.id, amount: transfer.amount, currency: transfer.currency },
  });
}
