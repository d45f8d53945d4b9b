import type { ExpenseStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { announce } from "../outbox";
import { requestPayout } from "../payouts/request-payout";
import { notifySubmitter } from "./send-expense-email";

/**
 * What follows from an expense's end: its submitter is told, and what was approved is asked to be paid out. By the run
 * that waited for it, or by the reconciler when there is none; twice is once.
 */
export async function finalizeExpense(expenseId: string): Promise<ExpenseStatus> {
  await notifySubmitter(expenseId);
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
