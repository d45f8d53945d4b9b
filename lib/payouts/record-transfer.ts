import type Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { transaction } from "../db";
import { lockPayout, type Payout } from "./payout";

/**
 * Updates the ledger from a transfer at Stripe. The sending run and the reconciler call it, any number of times. A transfer that
 * exists although its payout failed must be reversed. A reversal in Stripe's dashboard is stored and alerted. Returns the new status.
 */
export async function recordTransfer(expenseId: string, transfer: Stripe.Transfer): Promise<PayoutStatus> {
  const { before, after } = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout) throw new Error(`There is no payout for expense ${expenseId}.`);
    const status = statusAfter(payout, transfer);
    const updatedAt = now();
    if (payout.status !== status || payout.sent === 0)
      await tx.payout.update({
        where: { expenseId },
        data: {
          status,
          transferId: transfer.id,
          sent: transfer.amount,
          // An operator handles a partial reversal in the dashboard. The row shows a reversal once it is complete.
          reversed: status === "reversed" ? transfer.amount : 0,
          updatedAt,
        },
      });
    if (status === "reversed")
      await tx.expense.updateMany({
        where: { id: expenseId, status: { in: ["approved", "paid"] } },
        data: { status: "payment_failed", updatedAt },
      });
    return { before: payout.status, after: status };
  });
  if (before === "paid" && after === "reversed")
    await raiseAlert({
      kind: "payout_reversed",
      id: `payout-reversed:${transfer.id}`,
      subject: `The payment of expense ${expenseId} was reversed at Stripe`,
      detail: { expenseId, transferId: transfer.id, amount: transfer.amount, currency: transfer.currency },
    });
  return after;
}

/** Returns the payout's status after a transfer. A status only moves forward. */
function statusAfter({ status }: Payout, transfer: Stripe.Transfer): PayoutStatus {
  if (transfer.reversed) return "reversed";
  if (status === "created" || status === "sending") return "sent";
  return status === "failed" ? "reversing" : status;
}
