import type { ReactNode } from "react";
import { now } from "../clock";
import { composeEmail, type EmailContent } from "../email/compose-email";
import { defang } from "../email/customer-text";
import { Lines, moment, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { appEnv, storeEnv } from "../env";
import { formatMoney } from "../money";

const operatorEmail = (title: string, content: Omit<EmailContent, "subject">, ...parts: ReactNode[]) => {
  const reason = "You get this email because this address is the one of the shop's operators.";
  return composeEmail(
    { subject: `[${storeEnv().STORE_NAME}] ${title}`, title, reason, toStaff: true, ...content },
    ...parts,
  );
};

/** The email with an alert for the operators. */
export function operatorAlert({ subject, detail }: { subject: string; detail: unknown }): Composed {
  const button = { action: "Open the console", href: `${appEnv().APP_URL}/console` };
  return operatorEmail(
    subject,
    { preview: "Somebody should look at this.", ...button },
    "Somebody should look at this. What is known:",
    ...fieldsOf(detail).map(([label, value]) => (
      <Paragraph key={label}>
        <strong>{label}:</strong> <Lines>{defang(value)}</Lines>
      </Paragraph>
    )),
  );
}

/** Returns an alert's detail as a person reads it: `intentId` is "Intent id", and 11900 beside a currency is €119.00. */
function fieldsOf(detail: unknown): [label: string, value: string][] {
  if (typeof detail !== "object" || detail === null) return [["Detail", String(detail)]];
  const currency = "currency" in detail && typeof detail.currency === "string" ? detail.currency.toUpperCase() : null;
  return Object.entries(detail)
    .filter(([key]) => key !== "currency")
    .map(([key, value]) => [labelOf(key), valueText(value, currency)]);
}

const labelOf = (key: string) =>
  key.charAt(0).toUpperCase() + key.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueText(value: unknown, currency: string | null): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && currency) return formatMoney({ amount: value, currency });
  return JSON.stringify(value) ?? "";
}

/** The email to the operators after a failed check passes again. */
export const healthRecovered = (check: string, from: Date, to = now()): Composed =>
  operatorEmail(
    `Health: ${check} is well again`,
    { preview: `It had been failing since ${moment(from)}.` },
    `The check failed on ${moment(from)} and passed again on ${moment(to)}. No action is needed.`,
  );
