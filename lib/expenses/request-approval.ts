import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { nameOr } from "../email/customer-text";
import type { EmailKind } from "../email/email-kinds";
import { queueEmail } from "../email/send-email";
import { approvalUrl } from "./approval-link";
import { approvalReminder, approvalRequest } from "./expense-emails";
import { type NextAction, nextAction } from "./policy";

/** Returns the next action for an expense, or `unknown` if there is no such expense. */
export async function readNextAction(id: string): Promise<NextAction | { do: "unknown" }> {
  const expense = await db().expense.findUnique({ where: { id } });
  return expense ? nextAction(expense, now()) : { do: "unknown" };
}

/**
 * Queues an email with a personal link to every manager except the submitter, one each. Returns how many; 0 if the expense is not
 * pending. If there is no manager, the operators are alerted, because the deadline would reject the expense unseen.
 */
export async function requestApproval(expenseId: string): Promise<number> {
  const asked = await emailManagers(expenseId, "expense_request", approvalRequest);
  if (asked === 0)
    await raiseAlert({
      kind: "nobody_to_approve",
      id: `nobody-to-approve:${expenseId}`,
      subject: `No manager can decide on expense ${expenseId}`,
      detail: { expenseId },
    });
  return asked ?? 0;
}

/** Reminds the managers of a pending expense, once. Returns how many. */
export async function remindManagers(id: string): Promise<number> {
  const reminded = await emailManagers(id, "expense_reminder", approvalReminder);
  await db().expense.updateMany({ where: { id, remindedAt: null }, data: { remindedAt: now() } });
  return reminded ?? 0;
}

/** Returns how many managers were emailed, or undefined if the expense is not pending. */
async function emailManagers(
  id: string,
  kind: EmailKind,
  compose: typeof approvalRequest,
): Promise<number | undefined> {
  const expense = await db().expense.findUnique({ where: { id, status: "pending" }, include: { submitter: true } });
  if (!expense) return undefined;
  const { submitterId, submitter, amount, currency, description, deadlineAt } = expense;
  const managers = await db().user.findMany({
    where: { role: { not: "customer" }, id: { not: submitterId } },
    orderBy: { id: "asc" },
    select: { id: true, name: true, email: true },
  });
  for (const { id: managerId, name, email } of managers) {
    const url = approvalUrl(id, managerId, deadlineAt);
    const content = {
      name,
      submitter: nameOr(submitter.name, "A customer"),
      amount,
      currency,
      description,
      deadlineAt,
      url,
    };
    await queueEmail({ kind, entityId: id, to: email }, () => compose(content));
  }
  return managers.length;
}
