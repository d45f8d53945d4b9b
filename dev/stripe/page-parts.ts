import { badge, type Html, html, pagesOf } from "../shared/html";
import type { Subject } from "../shared/subject";
import type { Account, ChargeRecord, CustomerRecord, PaymentIntentRecord } from "./account";
import { formatAmount } from "./currencies";

export const page = pagesOf({
  name: "Fake Stripe",
  menu: [
    { href: "/", label: "Payments" },
    { href: "/customers", label: "Customers" },
    { href: "/refunds", label: "Refunds" },
    { href: "/break", label: "Faults" },
  ],
  // The form of 3-D Secure redirects to the shop.
  formTargets: "*",
});

const GOOD = ["succeeded", "won"];
const BAD = ["canceled", "failed", "lost"];

export const statusBadge = (status: string): Html =>
  badge(
    status.replaceAll("_", " "),
    GOOD.includes(status) ? "good" : BAD.includes(status) ? "bad" : status.includes("requires") ? "wait" : "",
  );

export const amountOf = ({ amount, currency }: { amount: number; currency: string }): string =>
  formatAmount(amount, currency);

/** The link to the order of a record in the shop. */
export const subjectLink = (subject: Subject | undefined): Html | undefined =>
  subject && html`<a href="${subject.url}">${subject.label}</a>`;

/** The last charge of a payment. */
export const chargeOf = (account: Account, intent: PaymentIntentRecord): ChargeRecord | undefined =>
  intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;

export const customerName = ({ name, email, id }: CustomerRecord): string => name ?? email ?? id;

/** Why the last attempt to pay failed. */
export const declineOf = ({ last_payment_error: error }: PaymentIntentRecord): string =>
  error?.decline_code ?? error?.code ?? "";

/** The address of the intent's pending authentication. */
export function authenticationUrl({ next_action: action, status }: PaymentIntentRecord): string | undefined {
  if (status !== "requires_action" || !action) return undefined;
  const sdk = action.use_stripe_sdk;
  return action.redirect_to_url?.url ?? (typeof sdk?.stripe_js === "string" ? sdk.stripe_js : undefined);
}
