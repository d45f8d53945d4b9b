import { expect } from "vitest";
import { type Operator, signedIn } from "./operator";
import { HOUR, type Shop } from "./shop";
import type { Intent } from "./stripe";

export const DAY = 24 * HOUR;

/** The functions that a subscription needs. With the other crons, a month on the virtual clock would take long. */
export const BILLING_FUNCTIONS = [
  "billing-cycle",
  "charge-subscription",
  "settle-subscription-charge",
  "end-subscription",
  "deliver-queued-email",
];

export interface Subscription {
  id: string;
  status: string;
  renewsAt: string;
  cancelAtPeriodEnd: boolean;
  endReason: string | null;
  charges: {
    period: { start: string; end: string };
    status: string;
    attempts: number;
    failureCode: string | null;
    refunded: { amount: number };
  }[];
}

/** A customer with a subscription: their account, their emails, their payments at Stripe. */
export interface Subscriber extends Operator {
  subscribe(paymentMethod?: string, planId?: string): Promise<Response>;
  card(paymentMethod: string): Promise<number>;
  cancel(): Promise<number>;
  view(): Promise<Subscription>;
  /** The statuses of its charges, oldest first. */
  charges(): Promise<string[]>;
  subjects(): Promise<string[]>;
  /** The subscription's payments at Stripe; `collected` is what is not refunded. */
  money(): Promise<{ collected: number; succeeded: number; open: number }>;
  /** Moves the anchor so that the next period starts now. A month on the virtual clock takes long. */
  toRenewal(): Promise<void>;
  /** Pays through the link of the last email. Returns the page, and the bank's URL if 3-D Secure is required. */
  payByLink(): Promise<{ status: number; text: string; bank?: string }>;
}

export async function newSubscriber(shop: Shop): Promise<Subscriber> {
  const operator = await signedIn(shop, "customer");
  await shop.sql("UPDATE sessions SET expires_at = expires_at + interval '1 year' WHERE user_id = $1", [operator.id]);
  const path = "/api/account/subscription";
  const view = async () => {
    const { subscription } = await operator.read<{ subscription: Subscription | null }>(operator.get(path));
    return subscription ?? expect.fail("no subscription");
  };
  return {
    ...operator,
    view,
    subscribe: (paymentMethod = "pm_card_visa", planId = "plan_plus") => operator.post(path, { planId, paymentMethod }),
    card: async (paymentMethod) => (await operator.patch(path, { paymentMethod })).status,
    cancel: async () => (await operator.remove(path)).status,
    charges: async () => (await view()).charges.map(({ status }) => status).reverse(),
    subjects: async () =>
      (await shop.emails(operator.email))
        .map(({ subject }) => subject)
        .filter((subject) => subject !== "Confirm your email address")
        .reverse(),
    async money() {
      const { id } = await view();
      const { data } = await shop.stripeApi<{ data: (Intent & { metadata: { subscription_id?: string } })[] }>(
        "GET",
        "/v1/payment_intents?limit=100",
      );
      const own = data.filter(({ metadata }) => metadata.subscription_id === id);
      const paid = own.filter(({ status }) => status === "succeeded");
      let collected = paid.reduce((sum, intent) => sum + intent.amount_received, 0);
      for (const intent of paid) {
        const refunds = await shop.stripeApi<{ data: { amount: number }[] }>(
          "GET",
          `/v1/refunds?payment_intent=${intent.id}`,
        );
        collected -= refunds.data.reduce((sum, refund) => sum + refund.amount, 0);
      }
      const open = own.filter(({ status }) => !["succeeded", "canceled"].includes(status)).length;
      return { collected, succeeded: paid.length, open };
    },
    async toRenewal() {
      await shop.sql(
        `UPDATE subscriptions SET anchor_at = $2::timestamptz - next_period * interval '1 month', next_due_at = $2 WHERE user_id = $1 AND status <> 'cancelled'`,
        [operator.id, new Date(shop.clock.now())],
      );
    },
    async payByLink() {
      const email = (await shop.emails(operator.email)).find(({ text }) => text.includes("/billing/"));
      const link = email?.text.match(/http\S+\/billing\/[\w.-]+/)?.[0] ?? expect.fail("no link");
      const accept = { accept: "text/html" };
      expect((await fetch(link, { headers: accept })).status).toBe(200);
      const response = await fetch(link, { method: "POST", headers: accept });
      const text = await response.text();
      const bank = text.match(/href="(http[^"]+)"/)?.[1]?.replaceAll("&amp;", "&");
      return { status: response.status, text, bank };
    },
  };
}
