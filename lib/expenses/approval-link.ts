import { z } from "zod";
import type { Role } from "@/prisma/generated/enums";
import { db } from "../db";
import { appEnv } from "../env";
import { AppError } from "../errors";
import { signLink, verifyLink } from "../signed-links";
import { decideExpense } from "./decide-expense";
import { type ExpenseView, viewExpense } from "./view-expense";

const PURPOSE = "expense-decision";
const payloadSchema = z.object({ expenseId: z.string(), managerId: z.string() });

/** The address by which one manager decides on one expense, until its deadline. */
export function approvalUrl(expenseId: string, managerId: string, deadlineAt: Date): string {
  return `${appEnv().APP_URL}/approvals/${signLink(PURPOSE, { expenseId, managerId }, deadlineAt)}`;
}

export interface OpenedLink {
  expense: ExpenseView;
  manager: { id: string; name: string };
}

/**
 * What a link leads to. It is its manager's own: worth nothing to somebody who is signed in as another, nor once its
 * manager has ceased to be one. It decides once, because the expense is decided once.
 *
 * @throws AppError `link_invalid` (400), `link_expired` (410), `link_borrowed` (403), `own_expense` (403), `not_found` (404)
 */
export async function openApprovalLink(token: string, viewerId: string | undefined): Promise<OpenedLink> {
  const { expenseId, managerId } = payloadSchema.parse(verifyLink(PURPOSE, token));
  const [manager] = await db().$queryRaw<{ name: string; role: Role }[]>`
    SELECT name, role FROM users WHERE id = ${managerId}`;
  if (!manager || manager.role === "customer")
    throw new AppError("link_borrowed", 403, "This link was made for somebody who may no longer decide on expenses.");
  if (viewerId !== undefined && viewerId !== managerId)
    throw new AppError("link_borrowed", 403, "This link was made for another manager. Please use your own.");
  const expense = await viewExpense(expenseId);
  if (expense.submitter.id === managerId)
    throw new AppError("own_expense", 403, "Nobody decides on their own expense.");
  return { expense, manager: { id: managerId, name: manager.name } };
}

/**
 * Decides by a link, once. `first` is false when it was decided before, by this link, another or the API; the expense then
 * tells how.
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
