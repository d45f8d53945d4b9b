import type { DecisionChannel } from "@/prisma/generated/enums";
import { now } from "../clock";
import { AppError, conflict } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { withOutbox } from "../outbox";
import { decisionSentence } from "./decision-sentence";
import { type ExpenseView, viewExpense } from "./view-expense";

export interface Decision {
  expenseId: string;
  approve: boolean;
  note?: string;
  /** The deciding user. The caller has checked that the user is a manager. */
  managerId: string;
  via: Exclude<DecisionChannel, "timeout">;
}

/**
 * Decides an expense once: the first decision is stored by compare-and-set together with its events. A later or concurrent
 * decision gets an error that states the first one.
 *
 * @throws AppError `not_found` (404), `own_expense` (403), `expense_decided` (409), `expense_expired` (409)
 */
export async function decideExpense(decision: Decision): Promise<ExpenseView> {
  const { expenseId, approve, managerId, via, note } = decision;
  const decided = await withOutbox(async (tx, publish) => {
    const at = now();
    const { count } = await tx.expense.updateMany({
      where: { id: expenseId, status: "pending", submitterId: { not: managerId }, deadlineAt: { gt: at } },
      data: {
        status: approve ? "approved" : "rejected",
        decidedById: managerId,
        decidedVia: via,
        decidedAt: at,
        note: note ?? null,
        updatedAt: at,
      },
    });
    if (count === 1) publish(...decisionEvents(expenseId, approve, managerId));
    return count === 1;
  });
  const expense = await viewExpense(expenseId);
  if (!decided) throw explainRefusal(expense, managerId);
  return expense;
}

/** Rejects an expense that no manager decided before the deadline. Returns whether this call rejected it. */
export async function rejectExpiredExpense(expenseId: string): Promise<boolean> {
  return withOutbox(async (tx, publish) => {
    const at = now();
    const { count } = await tx.expense.updateMany({
      where: { id: expenseId, status: "pending", deadlineAt: { lte: at } },
      data: { status: "rejected", decidedVia: "timeout", decidedAt: at, updatedAt: at },
    });
    if (count === 1) publish(...decisionEvents(expenseId, false, null));
    return count === 1;
  });
}

/** Returns the event of the decision for other systems, and the event that wakes the waiting run. */
function decisionEvents(expenseId: string, approve: boolean, decidedBy: string | null): OutgoingEvent[] {
  const decided: OutgoingEvent =
    approve && decidedBy !== null
      ? { name: EVENTS.EXPENSE_APPROVED, id: `expense-approved:${expenseId}`, data: { expenseId, decidedBy } }
      : { name: EVENTS.EXPENSE_REJECTED, id: `expense-rejected:${expenseId}`, data: { expenseId, decidedBy } };
  return [decided, closedEvent(expenseId)];
}

/** Wakes the run that waits until an expense is no longer pending. */
export function closedEvent(expenseId: string): OutgoingEvent {
  return { name: EVENTS.EXPENSE_CLOSED, id: `expense-closed:${expenseId}`, data: { expenseId } };
}

function explainRefusal(expense: ExpenseView, managerId: string): AppError {
  if (expense.submitter.id === managerId)
    return new AppError("own_expense", 403, "Nobody decides on their own expense.");
  if (expense.status === "pending")
    return conflict("expense_expired", "The time to decide on this expense is over; it will be rejected.");
  return conflict("expense_decided", decisionSentence(expense));
}
