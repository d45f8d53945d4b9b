import Stripe from "stripe";
import type { PayoutStatus } from "@/prisma/generated/enums";
import { raiseAlert } from "../alerts";
import { transaction } from "../db";
import { callStripe, isReplayedError } from "../stripe";
import { lockPayout, markUnpaid, type Payout, readPayout, renewPayoutKey } from "./payout";
import { recordTransfer } from "./record-transfer";

/**
 * Reverses the transfer of an expense, once. The status `reversing` is stored first. Then the transfer is read from Stripe, because
 * it may be reversed already. A payout that was not sent does not change. Returns the payout's status afterwards.
 *
 * @throws AppError `stripe_unavailable`, with `retry`; the reconciler continues after the last retry.
 */
export async function reversePayout(expenseId: string, reason: string): Promise<PayoutStatus | undefined> {
  const payout = await transaction(async (tx) => {
    const sent = await lockPayout(tx, expenseId);
    if (sent?.status === "sent") await markUnpaid(tx, sent, "reversing", reason);
    return readPayout(expenseId, tx);
  });
  if (payout?.status !== "reversing" || !payout.transferId) return payout?.status;
  const { transferId } = payout;
  try {
    const transfer = await callStripe((stripe) => stripe.transfers.retrieve(transferId));
    if (!transfer.reversed) await createReversal(payout, transferId);
    return await recordTransfer(expenseId, await callStripe((stripe) => stripe.transfers.retrieve(transferId)));
  } catch (error) {
    const refused = error instanceof Stripe.errors.StripeError;
    // Stripe replays both kinds of error under the same key for a day. Each try checks for the reversal first.
    if (refused || isReplayedError(error)) await renewPayoutKey(payout);
    if (!refused) throw error;
    await alertRefused(payout, error.code ?? error.message);
    return payout.status;
  }
}

async function createReversal(payout: Payout, transferId: string): Promise<void> {
  const { id, idempotencyKey, idempotencyKeyVersion } = payout;
  const options = { idempotencyKey: `${idempotencyKey}:${idempotencyKeyVersion}:reversal` };
  await callStripe((stripe) => stripe.transfers.createReversal(transferId, { metadata: { payout_id: id } }, options));
}

/** For example, the account has spent the money. The payout stays `reversing` until an operator has resolved it. */
async function alertRefused({ id, expenseId }: Payout, code: string): Promise<void> {
  await raiseAlert({
    kind: "reversal_refused",
    id: `reversal-refused:${id}`,
    subject: `The payment of expense ${expenseId} must be reversed, but Stripe refuses it: ${code}`,
    detail: { expenseId, payoutId: id, code },
  });
}
