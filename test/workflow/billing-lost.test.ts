import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber, type Subscriber } from "./billing-shop";
import { onStatement } from "./fault-injection";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** The engine loses a run between what happened to a subscription and the email that tells of it. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "15" }, only: [...BILLING_FUNCTIONS, "reconcile"] });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

/** Runs `act` and its effects except for the email, whose run is lost. */
async function losingEmail(run: string, act: () => Promise<unknown>): Promise<void> {
  const restore = onStatement((sql) => (/INSERT INTO \S*emails\b/.test(sql) ? "before" : undefined));
  await act();
  await shop.settle();
  expect(await shop.loseRuns(run)).toBeGreaterThan(0);
  restore();
}

/** Returns the emails within an hour, and checks that none follows in the next. */
async function emailsOf(user: Subscriber): Promise<string[]> {
  await shop.clock.advance(HOUR);
  const emails = await user.subjects();
  await shop.clock.advance(HOUR);
  expect(await user.subjects()).toEqual(emails);
  return emails;
}

test("paid, and no webhook comes: the receipt is sent all the same", async () => {
  await shop.webhooks("drop");
  const user = await newSubscriber(shop);
  await losingEmail("charge-subscription", () => user.subscribe());
  expect(await user.view()).toMatchObject({ status: "active" });
  expect(await emailsOf(user)).toEqual(["Receipt: €9.00 for Steadfast Plus"]);
});

test("declined: the email with the link to pay is sent all the same, and the link works", async () => {
  const user = await newSubscriber(shop);
  await losingEmail("charge-subscription", () => user.subscribe("pm_card_chargeCustomerFail"));
  expect(await user.view()).toMatchObject({ charges: [{ attempts: 1 }] });
  expect(await emailsOf(user)).toHaveLength(1);
  await user.card("pm_card_visa");
  expect((await user.payByLink()).text).toContain("This is paid");
});

test("an error that Stripe repeats after it has created the payment: one is paid, and the other cannot be", async () => {
  await shop.fault("stripe", { kind: "applied_error", path: "/v1/payment_intents" });
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.clock.advance(MINUTE);
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 1 });
  await shop.clock.advance(HOUR);
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 0 });
});

test("cancelled: the customer is notified all the same, but not if the cancellation was withdrawn meanwhile", async () => {
  const [gone, back] = [await newSubscriber(shop), await newSubscriber(shop)];
  for (const user of [gone, back]) {
    await user.subscribe();
    await shop.settle();
    await losingEmail("end-subscription", () => user.cancel());
  }
  await back.subscribe();
  expect((await emailsOf(gone)).slice(1)).toHaveLength(1);
  expect((await back.subjects()).slice(1)).toEqual([]);
});

test("refunded in Stripe's dashboard: the customer is notified all the same", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  const [charge] = await shop.sql<{ intent: string }>(
    `SELECT c.intent_id AS intent FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1`,
    [user.id],
  );
  await losingEmail("settle-subscription-charge", async () => {
    await shop.stripeApi("POST", "/v1/refunds", { payment_intent: charge?.intent ?? "", amount: "300" });
    await shop.clock.advance(MINUTE);
  });
  expect((await emailsOf(user)).slice(1)).toEqual([expect.stringContaining("€3.00")]);
});
