import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { composeEmail } from "../email/compose-email";
import { nameOr } from "../email/customer-text";
import { CustomerText, moment } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv, storeEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { approvalUrl } from "./approval-link";
import { type NextAction, nextAction } from "./policy";

/** The content of an email to a manager. */
interface EmailExpense {
  /** The manager who gets the email. */
  name: string;
  submitter: string;
  amount: number;
  currency: string;
  description: string;
  deadlineAt: Date;
  url: string;
}

const quoted = (text: string) => <CustomerText>{text}</CustomerText>;

/** The beginning of the subject and the first paragraph of each email to a manager. */
const REQUESTS = {
  expense_request: {
    status: "Please decide",
    text: (submitter: string) => `${submitter} has submitted an expense and waits for your decision:`,
  },
  expense_reminder: {
    status: "Still waiting",
    text: (submitter: string) => `An expense of ${submitter} has been waiting for a decision for three days:`,
  },
};

export function managerEmail(kind: keyof typeof REQUESTS, expense: EmailExpense): Composed {
  const { name, submitter, description, deadlineAt, url } = expense;
  const { status, text } = REQUESTS[kind];
  return composeEmail(
    {
      subject: `${status}: ${formatMoney(expense)} for ${submitter}`,
      title: `${submitter} asks for ${formatMoney(expense)}`,
      preview: `Please decide by ${moment(deadlineAt)}.`,
      reason: `You get this email because you decide on expenses at ${storeEnv().STORE_NAME}.`,
      ...{ name, action: "Approve or reject", href: url, toStaff: true },
    },
    text(submitter),
    quoted(description),
    `Without an answer by ${moment(deadlineAt)}, it is rejected. The link is personal, so please do not forward it.`,
  );
}

/** The content of an email to the submitter. */
interface EmailOutcome {
  name: string;
  money: Money;
  description: string;
  /** The name of the manager who decided; null if the deadline decided. */
  decidedBy: string | null;
  note: string | null;
  accountUrl: string;
}

/** The beginning of the subject, the title and the first paragraph of each email to the submitter. */
const OUTCOMES = {
  expense_approved: (amount, by) => ({
    status: "Approved",
    title: `Your expense of ${amount} is approved`,
    text: `${by ?? "A manager"} has approved your expense. The payment is on its way.`,
  }),
  expense_rejected: (amount, by) => ({
    status: "Rejected",
    title: `Your expense of ${amount} is rejected`,
    text: by
      ? `${by} has rejected your expense.`
      : "Nobody decided on your expense within seven days, so it is rejected. You can submit it again.",
  }),
  expense_paid: (amount) => ({
    status: "Paid",
    title: `Your expense of ${amount} is paid`,
    text: "The money for your expense has been sent.",
  }),
  expense_unpaid: (amount) => ({
    status: "Not paid yet",
    title: `We could not pay your expense of ${amount} yet`,
    text: "Your expense is approved, but it could not be paid. Our team has been notified and will handle it by hand.",
  }),
} satisfies Record<string, (amount: string, by: string | null) => { status: string; title: string; text: string }>;

type OutcomeKind = keyof typeof OUTCOMES;

export function submitterEmail(kind: OutcomeKind, outcome: EmailOutcome): Composed {
  const amount = formatMoney(outcome.money);
  const { status, title, text } = OUTCOMES[kind](amount, outcome.decidedBy);
  const note = kind === "expense_approved" || kind === "expense_rejected" ? outcome.note : null;
  return composeEmail(
    {
      ...{ subject: `${status}: your expense of ${amount}`, title, preview: text },
      reason: "You get this email because of an expense that you submitted.",
      ...{ name: outcome.name, action: "See your expenses", href: outcome.accountUrl },
    },
    text,
    quoted(outcome.description),
    note && "With a note:",
    note && quoted(note),
  );
}

/** Notifies the submitter of the decision, unless they withdrew the expense. Returns the email's id, or null. */
export async function notifySubmitter(expenseId: string): Promise<string | null> {
  const expense = await read(expenseId);
  if (!expense?.decidedAt || expense.status === "withdrawn") return null;
  return send(expense.status === "rejected" ? "expense_rejected" : "expense_approved", expense);
}

/** Notifies the submitter whether the payout succeeded. Returns the email's id, or null. */
export async function notifyPayout(expenseId: string): Promise<string | null> {
  const expense = await read(expenseId);
  if (expense?.status === "paid") return send("expense_paid", expense);
  if (expense?.status === "payment_failed") return send("expense_unpaid", expense);
  return null;
}

const read = (id: string) =>
  db().expense.findUnique({ where: { id }, include: { submitter: true, decidedBy: { select: { name: true } } } });

function send(kind: OutcomeKind, expense: NonNullable<Awaited<ReturnType<typeof read>>>): Promise<string> {
  const { id, submitter, amount, currency, description, decidedBy, note } = expense;
  return queueEmail({ kind, entityId: id, to: submitter.email }, () =>
    submitterEmail(kind, {
      ...{ name: submitter.name, money: { amount, currency }, description, note },
      decidedBy: decidedBy && nameOr(decidedBy.name, "A manager"),
      accountUrl: `${appEnv().APP_URL}/account`,
    }),
  );
}

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
  const asked = await emailManagers(expenseId, "expense_request");
  if (asked === 0)
    await raiseAlert({
      kind: "nobody_to_approve",
      incident: `nobody-to-approve:${expenseId}`,
      subject: `No manager can decide on expense ${expenseId}`,
      detail: { expenseId },
    });
  return asked ?? 0;
}

/** Reminds the managers of a pending expense, once. Returns how many. */
export async function remindManagers(id: string): Promise<number> {
  const reminded = await emailManagers(id, "expense_reminder");
  await db().expense.updateMany({ where: { id, remindedAt: null }, data: { remindedAt: now() } });
  return reminded ?? 0;
}

/** Returns how many managers were emailed, or undefined if the expense is not pending. */
async function emailManagers(id: string, kind: keyof typeof REQUESTS): Promise<number | undefined> {
  const expense = await db().expense.findUnique({ where: { id, status: "pending" }, include: { submitter: true } });
  if (!expense) return undefined;
  const { submitterId, submitter, amount, currency, description, deadlineAt } = expense;
  const managers = await db().user.findMany({
    where: { role: { not: "customer" }, id: { not: submitterId } },
    orderBy: { id: "asc" },
  });
  for (const { id: managerId, name, email } of managers) {
    const url = approvalUrl(id, managerId, deadlineAt);
    const names = { name, submitter: nameOr(submitter.name, "A customer") };
    const content = { ...names, amount, currency, description, deadlineAt, url };
    await queueEmail({ kind, entityId: id, to: email }, () => managerEmail(kind, content));
  }
  return managers.length;
}
