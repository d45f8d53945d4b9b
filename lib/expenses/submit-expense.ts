import { after, HOUR, now } from "../clock";
import { EVENTS } from "../events";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { enforceRateLimit } from "../rate-limit";
import { DECISION_WINDOW_MS } from "./policy";
import type { NewExpense } from "./request";
import { type ExpenseView, viewExpense } from "./view-expense";

/** Nobody files more than this by hand. Each expense emails every manager. */
const PER_USER = { count: 60, periodMs: HOUR };

/**
 * Submits an expense for approval and triggers `approval-workflow`.
 * @throws AppError `too_many_requests` (429)
 */
export async function submitExpense(submitterId: string, expense: NewExpense): Promise<ExpenseView> {
  const id = newId("exp");
  await withOutbox(async (tx, publish) => {
    const at = now();
    await enforceRateLimit(tx, `expense:${submitterId}`, PER_USER);
    const deadlineAt = after(DECISION_WINDOW_MS, at);
    await tx.expense.create({
      data: { ...expense, id, submitterId, status: "pending", deadlineAt, createdAt: at, updatedAt: at },
    });
    publish({ name: EVENTS.EXPENSE_SUBMITTED, id: `expense-submitted:${id}`, data: { expenseId: id } });
  });
  return viewExpense(id);
}
