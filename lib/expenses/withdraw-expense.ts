import type { ExpenseStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { transaction } from "../db";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { announce, enqueue } from "../outbox";
import { closedEvent } from "./decide-expense";
import { decisionSentence } from "./decision-sentence";
import { type ExpenseView, viewExpense } from "./view-expense";

/**
 * Takes an expense back, by whoever submitted it, until it is paid. Money that is on its way out at that moment is fetched
 * back by `process-payment`, which finds the expense withdrawn. Withdrawing twice is withdrawing once.
 *
 * @throws AppError `not_found` (404), also for somebody else's; `expense_decided` (409)
 */
export async function withdrawExpense(expenseId: string, submitterId: string): Promise<ExpenseView> {
  const events = [closedEvent(expenseId)];
  const before = await transaction(async (tx) => {
    const [expense] = await tx.$queryRaw<{ status: ExpenseStatus }[]>`
      SELECT status FROM expenses WHERE id = ${expenseId} AND submitter_id = ${submitterId} FOR UPDATE`;
    if (!expense) throw notFound("expense");
    if (expense.status === "pending" || expense.status === "approved") {
      const at = now();
      await tx.$executeRaw`
        WITH hushed AS (${queuedEmailCancellation("expense_request", expenseId)}), hushed_too AS (${queuedEmailCancellation("expense_reminder", expenseId)})
        UPDATE expenses SET status = 'withdrawn', updated_at = ${at} WHERE id = ${expenseId}`;
      await enqueue(tx, events);
    }
    return expense.status;
  });
  const expense = await viewExpense(expenseId);
  if (expense.status !== "withdrawn") throw conflict("expense_decided", decisionSentence(expense));
  if (before !== "withdrawn") await announce(events);
  return expense;
}
