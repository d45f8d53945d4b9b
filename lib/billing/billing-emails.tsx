import { Layout } from "../email/layout";
import { Action, day, Greeting, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { formatMoney, type Money } from "../money";

/** The content of an email about a charge. */
export interface EmailCharge {
  name: string;
  planName: string;
  amount: Money;
  periodStart: Date;
  periodEnd: Date;
  accountUrl: string;
}

const REASON = "You get this email because of your subscription at Steadfast.";

export function subscriptionPaid(charge: EmailCharge): Composed {
  const { name, planName, periodStart, periodEnd, accountUrl } = charge;
  const money = formatMoney(charge.amount);
  return {
    subject: `Receipt: ${money} for ${planName}`,
    body: (
      <Layout preview={`Paid until ${day(periodEnd)}.`} reason={REASON} title={`Thank you. ${planName} is paid.`}>
        <Greeting name={name} />
        <Paragraph>We have charged your card for the next period:</Paragraph>
        <Rows rows={[{ label: `${planName}, ${day(periodStart)} to ${day(periodEnd)}`, value: money }]} total={money} />
        <Action href={accountUrl}>See your subscription</Action>
      </Layout>
    ),
  };
}

export interface EmailFailedCharge extends EmailCharge {
  /** When the card is charged again. */
  nextAttemptAt: Date;
  /** Whether that is the last attempt. If it fails, the subscription ends. */
  last: boolean;
  /** Whether the bank requires 3-D Secure. */
  authentication: boolean;
  payUrl: string;
}

export function subscriptionUnpaid(charge: EmailFailedCharge): Composed {
  const { name, planName, nextAttemptAt, last, authentication, payUrl } = charge;
  const money = formatMoney(charge.amount);
  const next = day(nextAttemptAt);
  return {
    subject: authentication
      ? `Please confirm: ${money} for ${planName}`
      : `We could not charge ${money} for ${planName}`,
    body: (
      <Layout
        preview={last ? `${planName} ends unless it is paid by ${next}.` : `We will try again on ${next}.`}
        reason={REASON}
        title={authentication ? `Your bank wants you to confirm ${money}` : `We could not charge ${money} to your card`}
      >
        <Greeting name={name} />
        <Paragraph>
          {authentication
            ? `Your bank asks you to confirm the payment of ${money} for ${planName}. It takes a minute.`
            : `Your bank declined the payment of ${money} for ${planName}. Perhaps another card works; you can change it in your account.`}
        </Paragraph>
        <Paragraph>
          {last
            ? `We will try one last time on ${next}. If that fails too, ${planName} ends.`
            : `If you do nothing, we will try again on ${next}.`}
        </Paragraph>
        <Action href={payUrl}>{authentication ? "Confirm the payment" : "Pay now"}</Action>
      </Layout>
    ),
  };
}

export function subscriptionRefunded({
  name,
  planName,
  amount,
  accountUrl,
}: Pick<EmailCharge, "name" | "planName" | "amount" | "accountUrl">): Composed {
  const money = formatMoney(amount);
  return {
    subject: `We have sent ${money} back to you`,
    body: (
      <Layout
        preview={`For ${planName}. Banks take five to ten days to show it.`}
        reason={REASON}
        title={`${money} is on its way back to you`}
      >
        <Greeting name={name} />
        <Paragraph>
          We have refunded {money} of what you paid for {planName}, to the card it was paid with. Banks take five to ten
          days to show it.
        </Paragraph>
        <Action href={accountUrl}>See your subscription</Action>
      </Layout>
    ),
  };
}

/** The content of an email about the end of a subscription. */
export interface EmailEnd {
  name: string;
  planName: string;
  unpaid: boolean;
  /** The end of the paid period; null if the subscription ends at once. */
  until: Date | null;
  accountUrl: string;
}

export function subscriptionEnded({ name, planName, unpaid, until, accountUrl }: EmailEnd): Composed {
  const title = until ? `${planName} ends on ${day(until)}` : `${planName} has ended`;
  const why = unpaid
    ? `We tried for five days and could not charge your card, so ${planName} has ended.`
    : `As you asked, ${planName} ${until ? `is not renewed. It is yours until ${day(until)}` : "has ended"}.`;
  return {
    subject: title,
    body: (
      <Layout preview="Nothing more will be charged." reason={REASON} title={title}>
        <Greeting name={name} />
        <Paragraph>{why} Nothing more will be charged.</Paragraph>
        <Paragraph>Should you want it back, you can subscribe again in your account.</Paragraph>
        <Action href={accountUrl}>Open your account</Action>
      </Layout>
    ),
  };
}
