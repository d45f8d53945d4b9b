import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { composeEmail } from "../email/compose-email";
import type { EmailKind } from "../email/email-kinds";
import { Lines, moment, Paragraph, Quote } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { approvalUrl } from "./approval-link";
import { type NextAction, nextAction } from "./policy";

/** The content of an email to a manager. */
export interface EmailExpense {
  /** The manager who gets the email. */
  name: string;
  submitter: string;
  amount: number;
  currency: string;
  description: string;
  deadlineAt: Date;
  url: string;
}

const quoted = (text: string) => (
  <Quote>
    <Lines>{text}</Lines>
  </Quote>
);

function managerEmail(expense: EmailExpense, subject: string, request: string): Composed {
  const { name, submitter, description, deadlineAt, url } = expense;
  return composeEmail(
    {
      subject: `${subject}: ${formatMoney(expense)} for ${submitter}`,
      title: `${submitter} asks for ${formatMoney(expense)}`,
      preview: `Please decide by ${moment(deadlineAt)}.`,
      reason: "You get this email because you decide on expenses at Steadfast.",
      ...{ name, action: "Approve or reject", href: url, toStaff: true },
    },
    request,
    quoted(description),
    <Paragraph>
      Without an answer by {moment(deadlineAt)}, it is rejected. The link is personal, so please do not forward it.
    </Paragraph>,
  );
}

export const approvalRequest = (expense: EmailExpense): Composed =>
  managerEmail(expense, "Please decide", `${expense.submitter} has submitted an expense and waits for your decision:`);

export const approvalReminder = (expense: EmailExpense): Composed =>
  managerEmail(
    expense,
    "Still waiting",
    `An expense of ${expense.submitter} has been waiting for a decision for three days:`,
  );

/** The content of an email to the submitter. */
export interface EmailOutcome {
  name: string;
  money: Money;
  description: string;
  /** The name of the manager who decided; null if the deadline decided. */
  decidedBy: string | null;
  note: string | null;
  accountUrl: string;
}

/** Composes an email to the submitter. `status` is the beginning of the subject. */
function submitterEmail(
  outcome: EmailOutcome,
  status: string,
  title: string,
  sentence: string,
  note?: string | null,
): Composed {
  const { name, money, description, accountUrl: href } = outcome;
  return composeEmail(
    {
      subject: `${status}: your expense of ${formatMoney(money)}`,
      title,
      preview: sentence,
      reason: "You get this email because of an expense that you submitted.",
      ...{ name, action: "See your expenses", href },
    },
    sentence,
    quoted(description),
    note && "With a note:",
    note && quoted(note),
  );
}

export const expenseApproved = (outcome: EmailOutcome): Composed =>
  submitterEmail(
    outcome,
    "Approved",
    `Your expense of ${formatMoney(outcome.money)} is approved`,
    `${outcome.decidedBy ?? "A manager"} has approved your expense. The payment is on its way.`,
    outcome.note,
  );

export const expenseRejected = (outcome: EmailOutcome): Composed =>
  submitterEmail(
    outcome,
    "Rejected",
    `Your expense of ${formatMoney(outcome.money)} is rejected`,
    outcome.decidedBy
      ? `${outcome.decidedBy} has rejected your expense.`
      : "Nobody decided on your expense within seven days, so it is rejected. You can submit it again.",
    outcome.note,
  );

export const expensePaid = (outcome: EmailOutcome): Composed =>
  submitterEmail(
    outcome,
    "Paid",
    `Your expense of ${formatMoney(outcome.money)} is paid`,
    "The money for your expense has been sent.",
  );

export const expenseUnpaid = (outcome: EmailOutcome): Composed =>
  submitterEmail(
    outcome,
    "Not paid yet",
    `We could not pay your expense of ${formatMoney(outcome.money)} yet`,
    "Your expense is approved, but it could not be paid. Our team has been notified and will handle it by hand.",
  );

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
      ...{ name: submitter.name, money: { amount, currency }, description, note },
      decidedBy: decidedBy?.name ?? null,
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
    const content = { name, submitter: submitter.name, amount, currency, description, deadlineAt, url };
    await queueEmail({ kind, entityId: id, to: email }, () => compose(content));
  }
  return managers.length;
}
