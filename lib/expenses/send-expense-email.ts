import { db } from "../db";
import { nameOr } from "../email/customer-text";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv } from "../env";
import { type EmailOutcome, expenseApproved, expensePaid, expenseRejected, expenseUnpaid } from "./expense-emails";

/** Notifies the submitter of the decision, unless they withdrew the expense. Returns the email's id, or null. */
export async function notifySubmitter(expenseId: string): Promise<string | null> {
  const expense = await read(expenseId);
  if (!expense?.decidedAt || expense.status === "withdrawn") return null;
  return expense.status === "rejected"
    ? send("expense_rejected", expense, expenseRejected)
    : send("expense_approved", expense, expenseApproved);
}

/** Notifies the submitter whether the payout succeeded. Returns the email's id, or null. */
export async function notifyPayout(expenseId: string): Promise<string | null> {
  const expense = await read(expenseId);
  if (expense?.status === "paid") return send("expense_paid", expense, expensePaid);
  if (expense?.status === "payment_failed") return send("expense_unpaid", expense, expenseUnpaid);
  return null;
}

const read = (id: string) =>
  db().expense.findUnique({ where: { id }, include: { submitter: true, decidedBy: { select: { name: true } } } });

function send(
  kind: EmailKind,
  expense: NonNullable<Awaited<ReturnType<typeof read>>>,
  compose: (outcome: EmailOutcome) => Composed,
): Promise<string> {
  const { id, submitter, amount, currency, description, decidedBy, note } = expense;
  return queueEmail({ kind, entityId: id, to: submitter.email }, () =>
    compose({
      name: submitter.name,
      money: { amount, currency },
      description,
      decidedBy: decidedBy && nameOr(decidedBy.name, "A manager"),
      note,
      accountUrl: `${appEnv().APP_URL}/account`,
    }),
  );
}
