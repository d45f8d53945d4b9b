import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { addManualTask } from "../manual-queue";
import { enqueue } from "../outbox";
import { lockPayout } from "./payout";
import { paymentEvent } from "./request-payout";

/**
 * There is nowhere to send the money to, or Stripe does not take the account: the expense stays approved, and its payment
 * waits in the manual queue for somebody who puts that right. Nothing has been sent. The key is raised, because Stripe holds
 * a refusal against it, and the account forgotten, so that the next try goes to the one that is set then.
 */
export async function holdPayout(expenseId: string, code: string, message: string): Promise<void> {
  const held = await transaction(async (tx) => {
    const payout = await lockPayout(tx, expenseId);
    if (!payout || !["created", "sending"].includes(payout.status)) return undefined;
    await tx.$executeRaw`
      UPDATE payouts SET status = 'created', destination = NULL, failure_code = ${code}, tries = tries + 1, updated_at = ${now()} WHERE id = ${payout.id}`;
    const { amount, currency, destination } = payout;
    await addManualTask(tx, "payout", expenseId, { code, message, amount, currency, destination });
    return payout.tries;
  });
  if (held !== undefined)
    await raiseAlert({
      kind: "payout_waits",
      // Each time anew: what was put right for one reason may wait again for another.
      id: `payout-waits:${expenseId}:${held}`,
      subject: `Expense ${expenseId} is approved, and its payment waits in the manual queue: ${code}`,
      detail: { expenseId, code, message },
    });
}

/**
 * What a person has decided on a payment that waits: to try again, or to leave it unpaid, which the submitter is told. Part
 * of `tx`; the events are to be announced after the commit.
 */
export async function releasePayout(
  tx: Tx,
  action: "resume" | "dismiss",
  expenseId: string,
  taskId: string,
): Promise<OutgoingEvent[]> {
  const payout = await lockPayout(tx, expenseId);
  if (payout?.status !== "created") return [];
  if (action === "dismiss") {
    const at = now();
    await tx.$executeRaw`UPDATE payouts SET status = 'failed', failure_code = 'dismissed', updated_at = ${at} WHERE id = ${payout.id}`;
    await tx.$executeRaw`
      UPDATE expenses SET status = 'payment_failed', updated_at = ${at} WHERE id = ${expenseId} AND status = 'approved'`;
  }
  const events = [paymentEvent(expenseId, payout, `task:${taskId}`)];
  await enqueue(tx, events);
  return events;
}
