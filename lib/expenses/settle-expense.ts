import type { ExpenseStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { tellSubmitter } from "../email/send-expense-mail";
import type { OutgoingEvent } from "../events";
import { announce } from "../outbox";
import { requestPayout } from "../payouts/request-payout";

/**
 * What follows from an expense's end: its submitter is told, and what was approved is asked to be paid out. By the run
 * that waited for it, or by the reconciler when there is none; twice is once.
 */
export async function settleExpense(expenseId: string): Promise<ExpenseStatus> {
  await tellSubmitter(expenseId);
  const events: OutgoingEvent[] = [];
  const status = await transaction(async (tx) => {
    events.length = 0;
    const [expense] = await tx.$queryRaw<{ status: ExpenseStatus }[]>`
      SELECT status FROM expenses WHERE id = ${expenseId} FOR UPDATE`;
    if (!expense) throw new Error(`There is no expense ${expenseId}.`);
    if (expense.status === "approved") events.push(...(await requestPayout(tx, expenseId)));
    if (expense.status !== "pending") await markSettled(tx, expenseId);
    return expense.status;
  });
  await announce(events);
  return status;
}

async function markSettled(tx: Tx, expenseId: string): Promise<void> {
  await tx.$executeRaw`UPDATE expenses SET settled_at = ${now()} WHERE id = ${expenseId} AND settled_at IS NULL`;
}
