import { composeEmail } from "../email/compose-email";
import { moment } from "../email/dates";
import { Lines, Paragraph, Quote } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";

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
