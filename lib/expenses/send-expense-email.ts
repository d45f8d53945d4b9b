import type { ExpenseStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv } from "../env";
import { type EmailOutcome, expenseApproved, expensePaid, expenseRejected, expenseUnpaid } from "./expense-emails";

interface Facts {
  status: ExpenseStatus;
  decided: boolean;
  email: string;
  name: string;
  amount: number;
  currency: string;
  description: string;
  decidedBy: string | null;
  note: string | null;
}

/** Tells the submitter what was decided. Nothing for what they withdrew themselves. Returns the email's id, or null. */
export async function notifySubmitter(expenseId: string): Promise<string | null> {
  const facts = await read(expenseId);
  if (!facts?.decided || facts.status === "withdrawn") return null;
  return facts.status === "rejected"
    ? send("expense_rejected", expenseId, facts, expenseRejected)
    : send("expense_approved", expenseId, facts, expenseApproved);
}

/** Tells the submitter whether the money has gone out. Returns the email's id, or null. */
export async function notifyPayout(expenseId: string): Promise<string | null> {
  const facts = await read(expenseId);
  if (facts?.status === "paid") return send("expense_paid", expenseId, facts, expensePaid);
  if (facts?.status === "payment_failed") return send("expense_unpaid", expenseId, facts, expenseUnpaid);
  return null;
}

async function read(expenseId: string): Promise<Facts | undefined> {
  const [facts] = await db().$queryRaw<Facts[]>`
    SELECT e.status, e.decided_at IS NOT NULL AS decided, s.email, s.name, e.amount, e.currency, e.description, d.name AS "decidedBy", e.note
    FROM expenses e JOIN users s ON s.id = e.submitter_id LEFT JOIN users d ON d.id = e.decided_by WHERE e.id = ${expenseId}`;
  return facts;
}

function send(kind: EmailKind, expenseId: string, facts: Facts, compose: (outcome: EmailOutcome) => Composed) {
  const { email: to, amount, currency, ...rest } = facts;
  const accountUrl = `${appEnv().APP_URL}/account`;
  return queueEmail({ kind, entityId: expenseId, to }, () =>
    compose({ ...rest, money: { amount, currency }, accountUrl }),
  );
}
