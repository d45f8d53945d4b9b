import { after, HOUR, now } from "../clock";
import { transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { enforceRateLimit } from "../rate-limit";
import { DECISION_WINDOW } from "./policy";
import type { NewExpense } from "./request";
import { type ExpenseView, viewExpense } from "./view-expense";

/** Nobody files more than this by hand; each one emails every manager. */
const PER_USER = { count: 60, period: HOUR };

/**
 * Submits an expense for approval, together with the event that sets `approval-workflow` going.
 * @throws AppError `too_many_requests` (429)
 */
export async function submitExpense(submitterId: string, expense: NewExpense): Promise<ExpenseView> {
  const expenseId = newId("exp");
  const event: OutgoingEvent = {
    name: EVENTS.EXPENSE_SUBMITTED,
    id: `expense-submitted:${expenseId}`,
    data: { expenseId },
  };
  await transaction(async (tx) => {
    const at = now();
    await enforceRateLimit(tx, `expense:${submitterId}`, PER_USER);
    await tx.$executeRaw`
      INSERT INTO expenses (id, submitter_id, amount, currency, description, status, deadline_at, created_at, updated_at)
      VALUES (${expenseId}, ${submitterId}, ${expense.amount}, ${expense.currency}, ${expense.description}, 'pending',
        ${after(DECISION_WINDOW, at)}, ${at}, ${at})`;
    await enqueue(tx, [event]);
  });
  await announce([event]);
  return viewExpense(expenseId);
}
