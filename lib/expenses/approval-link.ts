import { z } from "zod";
import { db } from "../db";
import { appEnv } from "../env";
import { AppError } from "../errors";
import { signLink, verifyLink } from "../signed-links";
import { viewExpense } from "./view-expense";

const PURPOSE = "expense-decision";
const payloadSchema = z.object({ expenseId: z.string(), managerId: z.string() });

/** Returns the URL where one manager decides on one expense, until its deadline. */
export function approvalUrl(expenseId: string, managerId: string, deadlineAt: Date): string {
  return `${appEnv().APP_URL}/approvals/${signLink(PURPOSE, { expenseId, managerId }, deadlineAt)}`;
}

/**
 * Returns the expense and the manager of a link. The link is invalid for a viewer who is signed in as another user, and after its
 * manager has lost the role. The link works once, because an expense is decided once.
 *
 * @throws AppError `link_invalid` (400), `link_expired` (410), `link_borrowed` (403), `own_expense` (403), `not_found` (404)
 */
export async function openApprovalLink(token: string, viewerId: string | undefined) {
  const { expenseId, managerId } = payloadSchema.parse(verifyLink(PURPOSE, token));
  const manager = await db().user.findUnique({ where: { id: managerId }, select: { name: true, role: true } });
  if (!manager || manager.role === "customer")
    throw new AppError("link_borrowed", 403, "This link belongs to a user who is no longer a manager.");
  if (viewerId !== undefined && viewerId !== managerId)
    throw new AppError("link_borrowed", 403, "This link was made for another manager. Please use your own.");
  const expense = await viewExpense(expenseId);
  if (expense.submitter.id === managerId)
    throw new AppError("own_expense", 403, "Nobody decides on their own expense.");
  return { expense, manager: { id: managerId, name: manager.name } };
}
