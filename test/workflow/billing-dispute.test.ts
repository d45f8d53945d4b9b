import { afterEach, beforeAll, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber, type Subscriber } from "./billing-shop";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** A payment of a subscription that its customer disputes at the bank: the operators are alerted until the dispute is closed. */
const shop = openShop({ only: [...BILLING_FUNCTIONS, "reconcile"], env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.webhooks("deliver");
  await audit();
});

interface Alert {
  kind: string;
  subject: string;
  detail: Record<string, unknown>;
}
type Disputed = Subscriber & { subscriptionId: string; chargeId: string; intent: string };

/** Subscribes with a card whose payments are disputed. */
async function disputed(): Promise<Disputed> {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_createDispute");
  await shop.clock.advance(MINUTE);
  const [row] = await shop.sql<Pick<Disputed, "subscriptionId" | "chargeId" | "intent">>(
    `SELECT s.id AS "subscriptionId", c.id AS "chargeId", c.intent_id AS intent
     FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1`,
    [user.id],
  );
  return { ...user, ...(row ?? expect.fail("not charged")) };
}

async function alertsOf({ chargeId }: Disputed, status = "open"): Promise<Alert[]> {
  const path = `/api/admin/alerts?status=${status}&limit=100`;
  const { items } = await manager.read<{ items: Alert[] }>(manager.get(path));
  return items.filter(({ subject }) => subject.includes(chargeId));
}

/** Sends evidence for the dispute, which Stripe's test mode decides at once. */
async function decide({ intent }: Disputed, evidence: "winning_evidence" | "losing_evidence"): Promise<void> {
  const { data } = await shop.stripeApi<{ data: { id: string }[] }>("GET", `/v1/disputes?payment_intent=${intent}`);
  await shop.stripeApi("POST", `/v1/disputes/${data[0]?.id}`, { "evidence[uncategorized_text]": evidence });
  await shop.clock.advance(MINUTE);
}

test("a disputed subscription raises one alert until the dispute is won; the subscription is renewed meanwhile", async () => {
  const user = await disputed();
  const { subscriptionId, chargeId } = user;
  expect(await alertsOf(user)).toMatchObject([
    {
      kind: "payment_disputed",
      subject: `Disputed: charge ${chargeId} of subscription ${subscriptionId}, €9.00`,
      detail: { subscriptionId, chargeId, reason: "fraudulent", status: "needs_response" },
    },
  ]);
  await user.card("pm_card_visa");
  await user.toRenewal();
  await shop.clock.advance(7 * HOUR);
  expect(await user.charges()).toEqual(["paid", "paid"]);
  expect(await alertsOf(user)).toHaveLength(1);
  await decide(user, "winning_evidence");
  expect([await alertsOf(user), (await alertsOf(user, "resolved")).length]).toEqual([[], 1]);
});

test("a lost dispute of a subscription: an alert says that the money is gone", async () => {
  const user = await disputed();
  await decide(user, "losing_evidence");
  expect((await alertsOf(user)).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Lost/)]);
});

test("no webhook comes: the reconciler finds the dispute of a subscription, and later its end", async () => {
  await shop.webhooks("drop");
  const user = await disputed();
  await shop.clock.advance(HOUR);
  expect(await alertsOf(user)).toHaveLength(1);
  await decide(user, "winning_evidence");
  expect(await alertsOf(user)).toHaveLength(1);
  await shop.clock.advance(90 * MINUTE);
  expect(await alertsOf(user)).toEqual([]);
});

test("many webhooks about one dispute of a subscription, in any order, leave the same state", async () => {
  await shop.webhooks("hold");
  const user = await disputed();
  await decide(user, "winning_evidence");
  await shop.flush({ order: "reverse", duplicate: true });
  await shop.clock.advance(10 * MINUTE);
  expect(await alertsOf(user)).toEqual([]);
  expect(await shop.sql("SELECT status FROM subscription_disputes WHERE charge_id = $1", [user.chargeId])).toEqual([
    { status: "won" },
  ]);
});
