import { HOUR, now } from "../clock";
import { db, transaction } from "../db";
import { announce, enqueue } from "../outbox";
import { paymentEvent } from "./request-payout";

/** Asks again, once an hour at most, for payments that have stopped on their way: what was done already is found done. */
export async function resumePayouts(expenseIds: string[]): Promise<number> {
  const round = `again:${Math.floor(now().getTime() / HOUR)}`;
  const payouts = await db().$queryRaw<{ expenseId: string; amount: number; currency: string }[]>`
    SELECT expense_id AS "expenseId", amount, currency FROM payouts
    WHERE expense_id = ANY(${expenseIds}) AND status IN ('created', 'sending', 'sent')`;
  const events = payouts.map(({ expenseId, ...money }) => paymentEvent(expenseId, money, round));
  await transaction((tx) => enqueue(tx, events));
  await announce(events);
  return events.length;
}
