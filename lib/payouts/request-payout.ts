import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import type { Money } from "../money";
import type { Publish } from "../outbox";

/**
 * Inserts the ledger row of an approved expense and triggers its payment. The transaction must hold the lock on the expense. An
 * expense never has a second row, so it is paid once.
 */
export async function requestPayout(
  tx: Tx,
  expenseId: string,
  { amount, currency }: Money,
  publish: Publish,
): Promise<void> {
  const at = now();
  const id = newId("po");
  const { count } = await tx.payout.createMany({
    data: {
      id,
      expenseId,
      amount,
      currency,
      status: "created",
      idempotencyKey: `payout:${id}`,
      createdAt: at,
      updatedAt: at,
    },
    skipDuplicates: true,
  });
  if (count === 1) publish(paymentEvent(expenseId, { amount, currency }, "first"));
}

/** Triggers `process-payment` for an expense. `round` distinguishes a later try from the first. */
export function paymentEvent(expenseId: string, { amount, currency }: Money, round: string): OutgoingEvent {
  return {
    name: EVENTS.PAYMENT_PROCESS,
    id: `payment-process:expense:${expenseId}:${round}`,
    data: { purpose: "expense", id: expenseId, amount, currency },
  };
}
