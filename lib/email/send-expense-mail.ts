import type { ExpenseStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { appEnv } from "../env";
import { expenseApproved, expensePaid, expenseRejected, expenseUnpaid, type MailOutcome } from "./expense-mails";
import type { MailKind } from "./mail-kinds";
import type { Composed } from "./render-mail";
import { queueMail } from "./send-mail";

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

/** Tells the submitter what was decided. Nothing for what they withdrew themselves. Returns the mail's id, or null. */
export async function tellSubmitter(expenseId: string): Promise<string | null> {
  const facts = await read(expenseId);
  if (!facts?.decided || facts.status === "withdrawn") return null;
  return facts.status === "rejected"
    ? send("expense_rejected", expenseId, facts, expenseRejected)
    : send("expense_approved", expenseId, facts, expenseApproved);
}

/** Tells the submitter whether the money has gone out. Returns the mail's id, or null. */
export async function tellPayment(expenseId: string): Promise<string | null> {
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

function send(kind: MailKind, expenseId: string, facts: Facts, compose: (outcome: MailOutcome) => Composed) {
  const { email: to, amount, currency, ...rest } = facts;
  const accountUrl = `${appEnv().APP_URL}/account`;
  return queueMail({ kind, entityId: expenseId, to }, () =>
    compose({ ...rest, money: { amount, currency }, accountUrl }),
  );
}
