import { hasRole } from "../auth/viewer";
import { db } from "../db";
import { storeEnv } from "../env";
import { AppError } from "../errors";
import { decideExpense, submissionEvent, submitExpense } from "../expenses/change-expense";
import { expenseSchema } from "../expenses/request";
import { batchSendEvents } from "../inngest";
import { parseData } from "./parse-data";
import { findUser, incomplete, type StorefrontEvent, unknown } from "./references";

const findExpense = (reference: string) =>
  db().expense.findFirst({ where: { OR: [{ id: reference }, { externalId: reference }] }, select: { id: true } });

/** Submits an expense of another system for approval, once. One that exists is triggered again, which asks nobody a second time. */
export async function adoptExpense({ id: eventId, data }: StorefrontEvent<"expense/submitted">) {
  const { expenseId: externalId, userId, amount, description = `Expense ${externalId}` } = data;
  const { currency = storeEnv().STORE_CURRENCY } = data;
  const known = await findExpense(externalId);
  if (known) {
    await batchSendEvents([submissionEvent(known.id, `:event:${eventId}`)]);
    return { expenseId: known.id, outcome: "known" };
  }
  if (amount === undefined || userId === undefined) throw incomplete("expense", externalId, { amount, userId });
  const submitter = await findUser(userId);
  if (!submitter) throw unknown("user", userId);
  const expense = parseData(expenseSchema, { amount, currency, description }, "expense");
  const { answer } = await submitExpense(submitter.id, expense, { externalId });
  return { expenseId: answer.id, outcome: "submitted" };
}

/** Decides an expense. The first decision counts; the workflow that waits for it goes on. */
export async function adoptDecision(
  { data }: StorefrontEvent<"expense/approved" | "expense/rejected">,
  approve: boolean,
) {
  const expense = await findExpense(data.expenseId);
  if (!expense) throw unknown("expense", data.expenseId);
  const manager = await findUser(data.managerId);
  if (!manager || !hasRole(manager, "manager"))
    throw new AppError("forbidden", 403, "data.managerId: is not the id of a manager");
  const decision = { expenseId: expense.id, approve, note: data.note, managerId: manager.id, via: "api" as const };
  try {
    const { status } = await decideExpense(decision);
    return { expenseId: expense.id, status };
  } catch (error) {
    if (!(error instanceof AppError) || !["expense_decided", "expense_expired"].includes(error.code)) throw error;
    return { expenseId: expense.id, reason: error.message };
  }
}
