import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { queueEmail } from "../email/send-email";
import { approvalUrl } from "./approval-link";
import { approvalReminder, approvalRequest } from "./expense-emails";

interface Asked {
  managerId: string;
  email: string;
  name: string;
  submitter: string;
  amount: number;
  currency: string;
  description: string;
  deadlineAt: Date;
}

/**
 * Emails every manager but the submitter a link of their own, once each. Returns how many; nobody when the expense is
 * decided already. With nobody to ask, the operators are told, because the deadline would reject in silence.
 */
export async function requestApproval(expenseId: string): Promise<number> {
  const asked = await managersOf(expenseId);
  for (const to of asked)
    await queueEmail({ kind: "expense_request", entityId: expenseId, to: to.email }, () =>
      approvalRequest({ ...to, url: approvalUrl(expenseId, to.managerId, to.deadlineAt) }),
    );
  if (asked.length === 0) await alertNobody(expenseId);
  return asked.length;
}

/** Reminds the managers of an expense that is still open, once. */
export async function remindManagers(expenseId: string): Promise<number> {
  const asked = await managersOf(expenseId);
  for (const to of asked)
    await queueEmail({ kind: "expense_reminder", entityId: expenseId, to: to.email }, () =>
      approvalReminder({ ...to, url: approvalUrl(expenseId, to.managerId, to.deadlineAt) }),
    );
  await db().$executeRaw`UPDATE expenses SET reminded_at = ${now()} WHERE id = ${expenseId} AND reminded_at IS NULL`;
  return asked.length;
}

async function managersOf(expenseId: string): Promise<Asked[]> {
  return db().$queryRaw<Asked[]>`
    SELECT m.id AS "managerId", m.email, m.name, s.name AS submitter, e.amount, e.currency, e.description, e.deadline_at AS "deadlineAt"
    FROM expenses e JOIN users s ON s.id = e.submitter_id JOIN users m ON m.role <> 'customer' AND m.id <> e.submitter_id
    WHERE e.id = ${expenseId} AND e.status = 'pending' ORDER BY m.id`;
}

async function alertNobody(expenseId: string): Promise<void> {
  const [open] = await db().$queryRaw<
    unknown[]
  >`SELECT id FROM expenses WHERE id = ${expenseId} AND status = 'pending'`;
  if (!open) return;
  await raiseAlert({
    kind: "nobody_to_approve",
    id: `nobody-to-approve:${expenseId}`,
    subject: `There is no manager who could decide on expense ${expenseId}`,
    detail: { expenseId },
  });
}
