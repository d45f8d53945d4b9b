import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { enqueue } from "../outbox";

interface Owed {
  id: string;
  amount: number;
  currency: string;
}

/**
 * Opens the ledger row of an approved expense and asks for its payment, within a transaction that holds the lock on the
 * expense. An expense has one row for ever, so it is paid once. Returns the events to announce after the commit.
 */
export async function requestPayout(tx: Tx, expenseId: string): Promise<OutgoingEvent[]> {
  const at = now();
  const id = newId("po");
  const [owed] = await tx.$queryRaw<Owed[]>`
    INSERT INTO payouts (id, expense_id, amount, currency, status, idempotency_key, created_at, updated_at)
    SELECT ${id}, id, amount, currency, 'created', ${`payout:${id}`}, ${at}, ${at} FROM expenses WHERE id = ${expenseId} AND status = 'approved'
    ON CONFLICT (expense_id) DO NOTHING RETURNING id, amount, currency`;
  if (!owed) return [];
  const events = [paymentEvent(expenseId, owed, "first")];
  await enqueue(tx, events);
  return events;
}

/** Sets `process-payment` going for an expense; `round` tells a later try from the first. */
export function paymentEvent(
  expenseId: string,
  { amount, currency }: { amount: number; currency: string },
  round: string,
): OutgoingEvent {
  return {
    name: EVENTS.PAYMENT_PROCESS,
    id: `payment-process:expense:${expenseId}:${round}`,
    data: { purpose: "expense", id: expenseId, amount, currency },
  };
}
