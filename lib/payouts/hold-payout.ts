import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { addManualTask } from "../manual-queue";
import type { Publish } from "../outbox";
import { isUnsent, lockPayout, markUnpaid } from "./payout";
import { paymentEvent } from "./request-payout";

/**
 * Puts a payout into the manual queue because there is no account to pay to, or Stripe refuses the account. The expense stays
 * approved, and nothing has been sent. The idempotency key changes, because Stripe replays the refusal, and the destination is
 * cleared, so the next attempt uses the account that is configured then.
 */
export async function holdPayout(expenseId: string, code: string, message: string): Promise<void> {
  const held = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout || !isUnsent(payout)) return undefined;
    const { amount, currency, destination, idempotencyKeyVersion } = payout;
    await tx.payout.update({
      where: { expenseId },
      data: {
        status: "created",
        destination: null,
        failureCode: code,
        idempotencyKeyVersion: { increment: 1 },
        updatedAt: now(),
      },
    });
    await addManualTask(tx, "payout", expenseId, { code, message, amount, currency, destination });
    return idempotencyKeyVersion;
  });
  if (held !== undefined)
    await raiseAlert({
      kind: "payout_waits",
      // One alert each time: a payout that was released can be held again for another reason.
      id: `payout-waits:${expenseId}:${held}`,
      subject: `Expense ${expenseId} is approved, but its payment waits in the manual queue: ${code}`,
      detail: { expenseId, code, message },
    });
}

/** Carries out an operator's decision on a held payout: try again, or leave it unpaid and notify the submitter. */
export async function releasePayout(
  tx: Tx,
  action: "resume" | "dismiss",
  expenseId: string,
  taskId: string,
  publish: Publish,
): Promise<void> {
  const payout = await lockPayout(tx, expenseId);
  if (payout?.status !== "created") return;
  if (action === "dismiss") await markUnpaid(tx, payout, "failed", "dismissed");
  publish(paymentEvent(expenseId, payout, `task:${taskId}`));
}
