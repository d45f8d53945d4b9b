import type { DecisionChannel } from "@/prisma/generated/enums";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { AppError, conflict } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import { decisionSentence } from "./decision-sentence";
import { type ExpenseView, viewExpense } from "./view-expense";

export interface Decision {
  expenseId: string;
  approve: boolean;
  note?: string;
  /** Who decides; a manager, as the caller has made sure. */
  managerId: string;
  via: Exclude<DecisionChannel, "timeout">;
}

/**
 * Decides an expense, once: the first decision is written by compare-and-set together with its events; whoever comes
 * second, be it in the same moment, is told what was decided.
 *
 * @throws AppError `not_found` (404), `own_expense` (403), `expense_decided` (409), `expense_expired` (409)
 */
export async function decideExpense(decision: Decision): Promise<ExpenseView> {
  const { expenseId, approve, managerId, via, note } = decision;
  const events = decisionEvents(expenseId, approve, managerId);
  const decided = await transaction(async (tx) => {
    const at = now();
    const changed = await tx.$executeRaw`
      UPDATE expenses SET status = ${approve ? "approved" : "rejected"}::expense_status, decided_by = ${managerId},
        decided_via = ${via}::decision_channel, decided_at = ${at}, note = ${note ?? null}, updated_at = ${at}
      WHERE id = ${expenseId} AND status = 'pending' AND submitter_id <> ${managerId} AND deadline_at > ${at}`;
    if (changed === 1) await enqueue(tx, events);
    return changed === 1;
  });
  const expense = await viewExpense(expenseId);
  if (!decided) throw whyNot(expense, managerId);
  await announce(events);
  return expense;
}

/** The deadline decides: what nobody answered is rejected. Returns whether it was this call that did. */
export async function rejectExpiredExpense(expenseId: string): Promise<boolean> {
  const events = decisionEvents(expenseId, false, null);
  const rejected = await transaction((tx) => expire(tx, expenseId, events));
  if (rejected) await announce(events);
  return rejected;
}

async function expire(tx: Tx, expenseId: string, events: OutgoingEvent[]): Promise<boolean> {
  const at = now();
  const changed = await tx.$executeRaw`
    UPDATE expenses SET status = 'rejected', decided_via = 'timeout', decided_at = ${at}, updated_at = ${at}
    WHERE id = ${expenseId} AND status = 'pending' AND deadline_at <= ${at}`;
  if (changed === 1) await enqueue(tx, events);
  return changed === 1;
}

/** What was decided, for the world, and that it was, for the run that waits: one event, so that one wait sees either. */
function decisionEvents(expenseId: string, approve: boolean, decidedBy: string | null): OutgoingEvent[] {
  const told: OutgoingEvent =
    approve && decidedBy !== null
      ? { name: EVENTS.EXPENSE_APPROVED, id: `expense-approved:${expenseId}`, data: { expenseId, decidedBy } }
      : { name: EVENTS.EXPENSE_REJECTED, id: `expense-rejected:${expenseId}`, data: { expenseId, decidedBy } };
  return [told, closedEvent(expenseId)];
}

/** Wakes the run that waits for an expense's end. */
export function closedEvent(expenseId: string): OutgoingEvent {
  return { name: EVENTS.EXPENSE_CLOSED, id: `expense-closed:${expenseId}`, data: { expenseId } };
}

function whyNot(expense: ExpenseView, managerId: string): AppError {
  if (expense.submitter.id === managerId)
    return new AppError("own_expense", 403, "Nobody decides on their own expense.");
  if (expense.status === "pending")
    return conflict("expense_expired", "The time to decide on this expense is over; it will be rejected.");
  return conflict("expense_decided", decisionSentence(expense));
}
