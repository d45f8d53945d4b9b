import type { ExpenseStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { queuedEmailCancellation } from "../email/send-email";
import { conflict, notFound } from "../errors";
import { withOutbox } from "../outbox";
import { closedEvent } from "./decide-expense";
import { decisionSentence } from "./decision-sentence";
import { type ExpenseView, viewExpense } from "./view-expense";

/**
 * Withdraws an expense for its submitter, until it is paid. If the transfer is under way, `process-payment` finds the expense
 * withdrawn and reverses the transfer. Withdrawing twice has the effect of once.
 *
 * @throws AppError `not_found` (404), also for an expense of another user; `expense_decided` (409)
 */
export async function withdrawExpense(expenseId: string, submitterId: string): Promise<ExpenseView> {
  await withOutbox(async (tx, publish) => {
    const [expense] = await tx.$queryRaw<{ status: ExpenseStatus }[]>`
      SELECT status FROM expenses WHERE id = ${expenseId} AND submitter_id = ${submitterId} FOR UPDATE`;
    if (!expense) throw notFound("expense");
    if (expense.status !== "pending" && expense.status !== "approved") return;
    await tx.$executeRaw(queuedEmailCancellation("expense_request", expenseId));
    await tx.$executeRaw(queuedEmailCancellation("expense_reminder", expenseId));
    await tx.expense.update({ where: { id: expenseId }, data: { status: "withdrawn", updatedAt: now() } });
    publish(closedEvent(expenseId));
  });
  const expense = await viewExpense(expenseId);
  if (expense.status !== "withdrawn") throw conflict("expense_decided", decisionSentence(expense));
  return expense;
}
