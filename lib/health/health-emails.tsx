import { now } from "../clock";
import { defang } from "../email/customer-text";
import { moment } from "../email/dates";
import { Layout } from "../email/layout";
import { Action, Lines, Paragraph, type Row } from "../email/parts";
import type { Composed } from "../email/render-email";
import { appEnv } from "../env";
import { formatMoney } from "../money";

/** The email with an alert for the operators. */
export function operatorAlert({ subject, detail }: { subject: string; detail: unknown }): Composed {
  return {
    subject: `[Steadfast] ${subject}`,
    body: (
      <Layout
        preview="Somebody should look at this."
        title={subject}
        reason="You get this email because this address is the one of the shop's operators."
        toStaff
      >
        <Paragraph>Somebody should look at this. What is known:</Paragraph>
        {rowsOf(detail).map(({ label, value }) => (
          <Paragraph key={label}>
            <strong>{label}:</strong> <Lines>{defang(value)}</Lines>
          </Paragraph>
        ))}
        <Action href={`${appEnv().APP_URL}/console`}>Open the console</Action>
      </Layout>
    ),
  };
}

/** An alert's detail as a person reads it: `intentId` is "Intent id", and 11900 beside a currency is €119.00. */
function rowsOf(detail: unknown): Row[] {
  if (typeof detail !== "object" || detail === null) return [{ label: "Detail", value: String(detail) }];
  const currency = "currency" in detail && typeof detail.currency === "string" ? detail.currency.toUpperCase() : null;
  return Object.entries(detail)
    .filter(([key]) => key !== "currency")
    .map(([key, value]) => ({ label: labelOf(key), value: valueText(value, currency) }));
}

const labelOf = (key: string) =>
  key.charAt(0).toUpperCase() + key.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueText(value: unknown, currency: string | null): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && currency) return formatMoney({ amount: value, currency });
  return JSON.stringify(value) ?? "";
}

/** The email to the operators after a failed check passes again. */
export function healthRecovered(check: string, from: Date, to = now()): Composed {
  return {
    subject: `[Steadfast] Health: ${check} is well again`,
    body: (
      <Layout
        preview={`It had been failing since ${moment(from)}.`}
        title={`Health: ${check} is well again`}
        reason="You get this email because this address is the one of the shop's operators."
        toStaff
      >
        <Paragraph>
          The check failed on {moment(from)} and passed again on {moment(to)}. No action is needed.
        </Paragraph>
      </Layout>
    ),
  };
}
