import Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { transaction } from "../db";
import { callStripe, isReplayedError } from "../stripe";
import { lockPayout, type Payout, readPayout, renewPayoutKey } from "./payout";
import { recordTransfer } from "./record-transfer";

/**
 * Fetches back what was sent for an expense, once: the intent is written down first, and whether the money is back already
 * is read from Stripe before it is asked for. What was not sent needs nothing. Returns the payout's status afterwards.
 *
 * @throws AppError `stripe_unavailable`, with `retry`; the reconciler goes on when retries are used up.
 */
export async function reversePayout(expenseId: string, reason: string): Promise<PayoutStatus | undefined> {
  await begin(expenseId, reason);
  const payout = await readPayout(expenseId);
  if (payout?.status !== "reversing" || !payout.transferId) return payout?.status;
  const { transferId } = payout;
  try {
    const transfer = await callStripe((stripe) => stripe.transfers.retrieve(transferId));
    if (!transfer.reversed) await reverse(payout, transferId);
    return await recordTransfer(expenseId, await callStripe((stripe) => stripe.transfers.retrieve(transferId)));
  } catch (error) {
    const refused = error instanceof Stripe.errors.StripeError;
    // Both are repeated under the same key for a day; whether the money is back is asked before each try.
    if (refused || isReplayedError(error)) await renewPayoutKey(payout);
    if (!refused) throw error;
    await alertRefused(payout, error.code ?? error.message);
    return payout.status;
  }
}

async function begin(expenseId: string, reason: string): Promise<void> {
  await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (payout?.status !== "sent") return;
    const at = now();
    await tx.$executeRaw`
      UPDATE payouts SET status = 'reversing', failure_code = ${reason}, updated_at = ${at} WHERE id = ${payout.id}`;
    await tx.$executeRaw`
      UPDATE expenses SET status = 'payment_failed', updated_at = ${at} WHERE id = ${expenseId} AND status = 'approved'`;
  });
}

async function reverse({ id, idempotencyKey, tries }: Payout, transferId: string): Promise<void> {
  const options = { idempotencyKey: `${idempotencyKey}:${tries}:reversal` };
  await callStripe((stripe) => stripe.transfers.createReversal(transferId, { metadata: { payout_id: id } }, options));
}

/** The account has spent it, say: the books show it as owed until a person has settled it. */
async function alertRefused({ id, expenseId }: Payout, code: string): Promise<void> {
  await raiseAlert({
    kind: "reversal_refused",
    id: `reversal-refused:${id}`,
    subject: `The payment of expense ${expenseId} must come back, and Stripe refuses: ${code}`,
    detail: { expenseId, payoutId: id, code },
  });
}
