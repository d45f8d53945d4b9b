import { formatMoney, type Money } from "../money";
import { Action, Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

/** What a mail about a subscription shows of it. */
export interface MailCharge {
  name: string;
  planName: string;
  amount: Money;
  periodStart: Date;
  periodEnd: Date;
}

const REASON = "You get this mail because of your subscription at Steadfast.";
const day = (at: Date) => at.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });

export function subscriptionPaid({ name, planName, amount, periodStart, periodEnd }: MailCharge): Composed {
  const money = formatMoney(amount);
  return {
    subject: `Receipt: ${money} for ${planName}`,
    body: (
      <Layout preview={`Paid until ${day(periodEnd)}.`} reason={REASON} title={`Thank you. ${planName} is paid.`}>
        <Paragraph>Hello {name},</Paragraph>
        <Paragraph>
          we have charged {money} to your card for {planName}, from {day(periodStart)} to {day(periodEnd)}.
        </Paragraph>
      </Layout>
    ),
  };
}

export interface MailFailedCharge extends MailCharge {
  /** When the card is charged again by itself. */
  nextAttemptAt: Date;
  /** Whether the bank asks for the cardholder. */
  authentication: boolean;
  payUrl: string;
}

export function subscriptionUnpaid(charge: MailFailedCharge): Composed {
  const { name, planName, amount, nextAttemptAt, authentication, payUrl } = charge;
  const money = formatMoney(amount);
  return {
    subject: authentication
      ? `Please confirm: ${money} for ${planName}`
      : `We could not charge ${money} for ${planName}`,
    body: (
      <Layout
        preview={`We will try again on ${day(nextAttemptAt)}.`}
        reason={REASON}
        title={authentication ? `Your bank wants you to confirm ${money}` : `Your card was not charged`}
      >
        <Paragraph>Hello {name},</Paragraph>
        <Paragraph>
          {authentication
            ? `your bank asks you to confirm the payment of ${money} for ${planName}. It takes a minute.`
            : `your bank declined the payment of ${money} for ${planName}. Perhaps another card works; you can change it in your account.`}
        </Paragraph>
        <Paragraph>We will try again by ourselves on {day(nextAttemptAt)}.</Paragraph>
        <Action href={payUrl}>{authentication ? "Confirm the payment" : "Pay now"}</Action>
      </Layout>
    ),
  };
}

/** What a mail about an end says. */
export interface MailEnd {
  name: string;
  planName: string;
  unpaid: boolean;
  /** Until when it is paid; null when it ends at once. */
  until: Date | null;
}

export function subscriptionEnded({ name, planName, unpaid, until }: MailEnd): Composed {
  const title = until ? `${planName} ends on ${day(until)}` : `${planName} has ended`;
  return {
    subject: title,
    body: (
      <Layout preview="Nothing more will be charged." reason={REASON} title={title}>
        <Paragraph>Hello {name},</Paragraph>
        <Paragraph>
          {unpaid
            ? `we tried for five days and could not charge your card, so ${planName} has ended.`
            : `as you asked, ${planName} ${until ? "is not renewed" : "has ended"}.`}{" "}
          Nothing more will be charged.
        </Paragraph>
      </Layout>
    ),
  };
}
