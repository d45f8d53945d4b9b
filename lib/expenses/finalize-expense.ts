import type { ExpenseStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { withOutbox } from "../outbox";
import { requestPayout } from "../payouts/request-payout";
import { notifySubmitter } from "./send-expense-email";

/**
 * Notifies the submitter of a decision and requests the payout of an approved expense. Returns the expense's status. The run that
 * waited for the decision calls it, and the reconciler if that run was lost. Safe to repeat.
 */
export async function finalizeExpense(id: string): Promise<ExpenseStatus> {
  await notifySubmitter(id);
  return withOutbox(async (tx, publish) => {
    const [expense] = await tx.$queryRaw<{ status: ExpenseStatus; amount: number; currency: string }[]>`
      SELECT status, amount, currency FROM expenses WHERE id = ${id} FOR UPDATE`;
    if (!expense) throw new Error(`There is no expense ${id}.`);
    if (expense.status === "approved") await requestPayout(tx, id, expense, publish);
    if (expense.status !== "pending")
      await tx.expense.updateMany({ where: { id, finalizedAt: null }, data: { finalizedAt: now() } });
    return expense.status;
  });
}
