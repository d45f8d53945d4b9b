import {
  subscriptionEnded,
  subscriptionPaid,
  subscriptionRefunded,
  subscriptionRefundFailed,
  subscriptionUnpaid,
} from "@/lib/billing/billing-emails";
import { managerEmail, submitterEmail } from "@/lib/expenses/expense-emails";
import { ACCOUNT, type Samples, SHOP } from "./sample";

const at = (iso: string) => new Date(iso);

/** Samples of the emails about subscriptions. */
export function billingSamples(name: string) {
  const plan = { name, planName: "Steadfast Plus", accountUrl: ACCOUNT };
  const charge = {
    ...plan,
    amount: { amount: 2_990, currency: "EUR" },
    periodStart: at("2026-03-01"),
    periodEnd: at("2026-04-01"),
  };
  const payUrl = `${SHOP}/billing/pay/t0ken`;
  const failed = { ...charge, nextAttemptAt: at("2026-03-04"), last: false, authentication: false, payUrl };
  const unpaid = ["€29.90", "Steadfast Plus", "4 March 2026", payUrl];
  return {
    subscription_paid: [
      {
        about: "a receipt",
        compose: () => subscriptionPaid(charge),
        says: ["€29.90", "Steadfast Plus", "1 March 2026", "1 April 2026", ACCOUNT],
      },
    ],
    subscription_unpaid: [
      { about: "declined", compose: () => subscriptionUnpaid(failed), says: unpaid },
      {
        about: "declined, one try left",
        compose: () => subscriptionUnpaid({ ...failed, last: true }),
        says: [...unpaid, "one last time"],
      },
      {
        about: "the bank asks",
        compose: () => subscriptionUnpaid({ ...failed, authentication: true }),
        says: [...unpaid, "Confirm the payment"],
      },
    ],
    subscription_refunded: [
      {
        about: "a part",
        compose: () => subscriptionRefunded({ ...plan, amount: { amount: 990, currency: "EUR" } }),
        says: ["€9.90", "Steadfast Plus", ACCOUNT],
      },
    ],
    subscription_refund_failed: [
      {
        about: "a part",
        compose: () => subscriptionRefundFailed({ ...plan, amount: { amount: 990, currency: "EUR" } }),
        says: ["€9.90", "did not arrive", ACCOUNT],
      },
    ],
    subscription_ended: [
      {
        about: "unpaid",
        compose: () => subscriptionEnded({ ...plan, unpaid: true, until: null }),
        says: ["Steadfast Plus has ended", ACCOUNT],
      },
      {
        about: "at once, as asked",
        compose: () => subscriptionEnded({ ...plan, unpaid: false, until: null }),
        says: ["Steadfast Plus has ended", ACCOUNT],
      },
      {
        about: "later, as asked",
        compose: () => subscriptionEnded({ ...plan, unpaid: false, until: at("2026-04-01") }),
        says: ["Steadfast Plus ends on 1 April 2026", ACCOUNT],
      },
    ],
  } satisfies Samples<
    | "subscription_paid"
    | "subscription_unpaid"
    | "subscription_refunded"
    | "subscription_refund_failed"
    | "subscription_ended"
  >;
}

/** Samples of the emails about expenses. */
export function expenseSamples(name: string) {
  const url = `${SHOP}/approvals/t0ken`;
  const asked = {
    ...{ name: "Mona Manager", submitter: name, url, amount: 123_456_789, currency: "PLN" },
    description: "Flight to Kraków, two nights, and dinner with Ödön & Söhne <not a tag>",
    deadlineAt: at("2026-03-09T15:30:00Z"),
  };
  const outcome = {
    ...{ name, money: { amount: 48_250, currency: "GBP" }, description: "Train to Edinburgh", accountUrl: ACCOUNT },
    ...{ decidedBy: "Mona Manager", note: "Second class next time, please." },
  };
  const inTime = { ...outcome, decidedBy: null, note: null };
  const ask = ["PLN 1,234,567.89", "Ödön & Söhne <not a tag>", "9 March 2026, 15:30 UTC", url];
  const decided = ["£482.50", "Train to Edinburgh", "Mona Manager", outcome.note, ACCOUNT];
  const settled = ["£482.50", "Train to Edinburgh", ACCOUNT];
  return {
    expense_request: [{ about: "large", compose: () => managerEmail("expense_request", asked), says: ask }],
    expense_reminder: [{ about: "large", compose: () => managerEmail("expense_reminder", asked), says: ask }],
    expense_approved: [
      { about: "with a note", compose: () => submitterEmail("expense_approved", outcome), says: decided },
    ],
    expense_rejected: [
      { about: "with a note", compose: () => submitterEmail("expense_rejected", outcome), says: decided },
      {
        about: "by time",
        compose: () => submitterEmail("expense_rejected", inTime),
        says: [...settled, "within seven days"],
      },
    ],
    expense_paid: [{ about: "paid", compose: () => submitterEmail("expense_paid", outcome), says: settled }],
    expense_unpaid: [{ about: "unpaid", compose: () => submitterEmail("expense_unpaid", outcome), says: settled }],
  } satisfies Samples<
    "expense_request" | "expense_reminder" | "expense_approved" | "expense_rejected" | "expense_paid" | "expense_unpaid"
  >;
}
