import { moment } from "../email/dates";
import { Layout } from "../email/layout";
import { Action, CustomerText, Greeting, Paragraph } from "../email/parts";
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

const TO_MANAGERS = "You get this email because you decide on expenses at Steadfast.";
const TO_SUBMITTERS = "You get this email because of an expense that you submitted.";

function DecisionRequest({ expense, children }: { expense: EmailExpense; children: string }) {
  const { name, submitter, description, deadlineAt, url } = expense;
  const title = `${submitter} asks for ${formatMoney(expense)}`;
  return (
    <Layout preview={`Please decide by ${moment(deadlineAt)}.`} reason={TO_MANAGERS} title={title} toStaff>
      <Greeting name={name} />
      <Paragraph>{children}</Paragraph>
      <CustomerText>{description}</CustomerText>
      <Paragraph>
        Without an answer by {moment(deadlineAt)}, it is rejected. The link is personal, so please do not forward it.
      </Paragraph>
      <Action href={url}>Approve or reject</Action>
    </Layout>
  );
}

export function approvalRequest(expense: EmailExpense): Composed {
  return {
    subject: `Please decide: ${formatMoney(expense)} for ${expense.submitter}`,
    body: (
      <DecisionRequest
        expense={expense}
      >{`${expense.submitter} has submitted an expense and waits for your decision:`}</DecisionRequest>
    ),
  };
}

export function approvalReminder(expense: EmailExpense): Composed {
  return {
    subject: `Still waiting: ${formatMoney(expense)} for ${expense.submitter}`,
    body: (
      <DecisionRequest
        expense={expense}
      >{`An expense of ${expense.submitter} has been waiting for a decision for three days:`}</DecisionRequest>
    ),
  };
}

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

interface Wording {
  subject: string;
  title: string;
  sentence: string;
}

function submitterEmail(
  { name, description, note, accountUrl }: EmailOutcome,
  { subject, title, sentence }: Wording,
): Composed {
  return {
    subject,
    body: (
      <Layout preview={sentence} reason={TO_SUBMITTERS} title={title}>
        <Greeting name={name} />
        <Paragraph>{sentence}</Paragraph>
        <CustomerText>{description}</CustomerText>
        {note ? (
          <>
            <Paragraph>With a note:</Paragraph>
            <CustomerText>{note}</CustomerText>
          </>
        ) : null}
        <Action href={accountUrl}>See your expenses</Action>
      </Layout>
    ),
  };
}

export function expenseApproved(outcome: EmailOutcome): Composed {
  const money = formatMoney(outcome.money);
  return submitterEmail(outcome, {
    subject: `Approved: your expense of ${money}`,
    title: `Your expense of ${money} is approved`,
    sentence: `${outcome.decidedBy ?? "A manager"} has approved your expense. The payment is on its way.`,
  });
}

export function expenseRejected(outcome: EmailOutcome): Composed {
  const money = formatMoney(outcome.money);
  return submitterEmail(outcome, {
    subject: `Rejected: your expense of ${money}`,
    title: `Your expense of ${money} is rejected`,
    sentence: outcome.decidedBy
      ? `${outcome.decidedBy} has rejected your expense.`
      : "Nobody decided on your expense within seven days, so it is rejected. You can submit it again.",
  });
}

export function expensePaid(outcome: EmailOutcome): Composed {
  const money = formatMoney(outcome.money);
  return submitterEmail(
    { ...outcome, note: null },
    {
      subject: `Paid: your expense of ${money}`,
      title: `Your expense of ${money} is paid`,
      sentence: "The money for your expense has been sent.",
    },
  );
}

export function expenseUnpaid(outcome: EmailOutcome): Composed {
  const money = formatMoney(outcome.money);
  return submitterEmail(
    { ...outcome, note: null },
    {
      subject: `Not paid yet: your expense of ${money}`,
      title: `We could not pay your expense of ${money} yet`,
      sentence:
        "Your expense is approved, but it could not be paid. Our team has been notified and will handle it by hand.",
    },
  );
}
