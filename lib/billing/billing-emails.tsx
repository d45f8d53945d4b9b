import { composeEmail } from "../email/compose-email";
import { day } from "../email/dates";
import { Paragraph, Rows } from "../email/parts";
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

const reason = "You get this email because of your subscription at Steadfast.";

export function subscriptionPaid(charge: EmailCharge): Composed {
  const { name, planName, periodStart, periodEnd, accountUrl: href } = charge;
  const money = formatMoney(charge.amount);
  return composeEmail(
    {
      subject: `Receipt: ${money} for ${planName}`,
      title: `Thank you. ${planName} is paid.`,
      preview: `Paid until ${day(periodEnd)}.`,
      ...{ name, reason, action: "See your subscription", href },
    },
    "We have charged your card for the next period:",
    <Rows rows={[{ label: `${planName}, ${day(periodStart)} to ${day(periodEnd)}`, value: money }]} total={money} />,
  );
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
  const { name, planName, nextAttemptAt, last, authentication, payUrl: href } = charge;
  const money = formatMoney(charge.amount);
  const next = day(nextAttemptAt);
  const wording = authentication
    ? {
        subject: `Please confirm: ${money} for ${planName}`,
        title: `Your bank wants you to confirm ${money}`,
        action: "Confirm the payment",
      }
    : {
        subject: `We could not charge ${money} for ${planName}`,
        title: `We could not charge ${money} to your card`,
        action: "Pay now",
      };
  return composeEmail(
    {
      preview: last ? `${planName} ends unless it is paid by ${next}.` : `We will try again on ${next}.`,
      ...{ ...wording, name, reason, href },
    },
    authentication ? (
      <Paragraph>
        Your bank asks you to confirm the payment of {money} for {planName}. It takes a minute.
      </Paragraph>
    ) : (
      <Paragraph>
        Your bank declined the payment of {money} for {planName}. Perhaps another card works; you can change it in your
        account.
      </Paragraph>
    ),
    last
      ? `We will try one last time on ${next}. If that fails too, ${planName} ends.`
      : `If you do nothing, we will try again on ${next}.`,
  );
}

type EmailRefund = Pick<EmailCharge, "name" | "planName" | "amount" | "accountUrl">;

export function subscriptionRefunded({ name, planName, amount, accountUrl: href }: EmailRefund): Composed {
  const money = formatMoney(amount);
  return composeEmail(
    {
      subject: `We have sent ${money} back to you`,
      title: `${money} is on its way back to you`,
      preview: `For ${planName}. Banks take five to ten days to show it.`,
      ...{ name, reason, action: "See your subscription", href },
    },
    <Paragraph>
      We have refunded {money} of what you paid for {planName}, to the card it was paid with. Banks take five to ten
      days to show it.
    </Paragraph>,
  );
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

export function subscriptionEnded({ name, planName, unpaid, until, accountUrl: href }: EmailEnd): Composed {
  const why = unpaid
    ? `We tried for five days and could not charge your card, so ${planName} has ended.`
    : `As you asked, ${planName} ${until ? `is not renewed. It is yours until ${day(until)}` : "has ended"}.`;
  return composeEmail(
    {
      subject: until ? `${planName} ends on ${day(until)}` : `${planName} has ended`,
      preview: "Nothing more will be charged.",
      ...{ name, reason, action: "Open your account", href },
    },
    `${why} Nothing more will be charged.`,
    "Should you want it back, you can subscribe again in your account.",
  );
}
