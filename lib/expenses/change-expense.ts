import type { DecisionChannel, ExpenseStatus } from "@/prisma/generated/enums";
import { after, HOUR, now } from "../clock";
import { lockRow, lockUser } from "../db";
import { queuedEmailCancellation } from "../email/send-email";
import { AppError, conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { requestPayout } from "../payouts/payout";
import { enforceRateLimit } from "../rate-limit";
import { openApprovalLink } from "./approval-link";
import { notifySubmitter } from "./expense-emails";
import { DECISION_WINDOW_MS } from "./policy";
import type { NewExpense } from "./request";
import { decisionSentence, type ExpenseView, viewExpense } from "./view-expense";

/** Few people file more than this by hand. Each expense emails every manager. */
const PER_USER = { count: 20, periodMs: HOUR };

/** Where an expense comes from: the client's Idempotency-Key, or the id in another system. */
interface Source {
  key?: string;
  externalId?: string;
}

/**
 * Submits an expense for approval and triggers `approval-workflow`. An expense of another system has its `externalId`, which is
 * submitted once and has no limit. The same key and body are the same expense (`replayed`).
 * @throws AppError `idempotency_key_reused` (409), `too_many_requests` (429); as `lockUser` for a deleted account
 */
export async function submitExpense(
  submitterId: string,
  expense: NewExpense,
  { key, externalId }: Source = {},
): Promise<{ answer: ExpenseView; replayed: boolean }> {
  const id = newId("exp");
  const idempotent = key === undefined ? undefined : { scope: "expense", caller: submitterId, key, body: expense };
  return withOutbox(async (tx, publish) => {
    const at = now();
    await lockUser(tx, submitterId);
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<ExpenseView>(idempotent, tx);
      if (answer) return { answer, replayed: true };
    }
    if (externalId === undefined) await enforceRateLimit(tx, `expense:${submitterId}`, PER_USER);
    const deadlineAt = after(DECISION_WINDOW_MS, at);
    await tx.expense.create({
      data: { ...expense, id, externalId, submitterId, status: "pending", deadlineAt, createdAt: at, updatedAt: at },
    });
    const answer = await viewExpense(id, submitterId, tx);
    if (idempotent) await saveResponse(tx, idempotent, answer);
    publish(submissionEvent(id));
    return { answer, replayed: false };
  });
}

/** Returns the event that triggers `approval-workflow`. A run beside another one does no harm. `again` distinguishes a later event. */
export const submissionEvent = (expenseId: string, again = ""): OutgoingEvent => ({
  name: EVENTS.EXPENSE_SUBMITTED,
  id: `expense-submitted:${expenseId}${again}`,
  data: { expenseId, stored: true },
});

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
        ...{ decidedById: managerId, decidedVia: via, decidedAt: at, note: note ?? null, updatedAt: at },
      },
    });
    if (count === 1) publish(...decisionEvents(expenseId, approve, managerId));
    return count === 1;
  });
  const expense = await viewExpense(expenseId);
  if (!decided) throw explainRefusal(expense, managerId);
  return expense;
}

/**
 * Decides an expense by a link. `first` is false if it was decided before, by this link, another one or the API; the expense then
 * shows that decision.
 * @throws AppError as `openApprovalLink`, and `expense_expired` (409)
 */
export async function decideByLink(
  token: string,
  viewerId: string | undefined,
  decision: { approve: boolean; note?: string },
): Promise<{ expense: ExpenseView; first: boolean }> {
  const { expense, manager } = await openApprovalLink(token, viewerId);
  try {
    const by = { expenseId: expense.id, managerId: manager.id, via: "link" as const };
    return { expense: await decideExpense({ ...decision, ...by }), first: true };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "expense_decided") throw error;
    return { expense: await viewExpense(expense.id), first: false };
  }
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
function closedEvent(expenseId: string): OutgoingEvent {
  return { name: EVENTS.EXPENSE_CLOSED, id: `expense-closed:${expenseId}`, data: { expenseId } };
}

function explainRefusal(expense: ExpenseView, managerId: string): AppError {
  if (expense.submitter.id === managerId)
    return new AppError("own_expense", 403, "Nobody decides on their own expense.");
  if (expense.status === "pending")
    return conflict("expense_expired", "The time to decide on this expense is over; it will be rejected.");
  return conflict("expense_decided", decisionSentence(expense));
}

/**
 * Withdraws an expense for its submitter, until it is paid. If the transfer is under way, `process-payment` finds the expense
 * withdrawn and reverses the transfer. Withdrawing twice has the effect of once.
 *
 * @throws AppError `not_found` (404), also for an expense of another user; `expense_decided` (409)
 */
export async function withdrawExpense(expenseId: string, submitterId: string): Promise<ExpenseView> {
  await withOutbox(async (tx, publish) => {
    await lockRow(tx, "expenses", expenseId);
    const expense = await tx.expense.findFirst({ where: { id: expenseId, submitterId }, select: { status: true } });
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

/**
 * Notifies the submitter of a decision and requests the payout of an approved expense. Returns the expense's status. The run that
 * waited for the decision calls it, and the reconciler if that run was lost. Safe to repeat.
 */
export async function finalizeExpense(id: string): Promise<ExpenseStatus> {
  await notifySubmitter(id);
  return withOutbox(async (tx, publish) => {
    await lockRow(tx, "expenses", id);
    const expense = await tx.expense.findUnique({
      where: { id },
      select: { status: true, amount: true, currency: true },
    });
    if (!expense) throw new Error(`There is no expense ${id}.`);
    if (expense.status === "approved") await requestPayout(tx, id, expense, publish);
    if (expense.status !== "pending")
      await tx.expense.updateMany({ where: { id, finalizedAt: null }, data: { finalizedAt: now() } });
    return expense.status;
  });
}
