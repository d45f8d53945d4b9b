import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber, type Subscriber } from "./billing-shop";
import { onStatement } from "./fault-injection";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** Refunds of a subscription's payments that are made in Stripe's dashboard. */
const shop = openShop({ only: [...BILLING_FUNCTIONS, "reconcile"], env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

async function paid(paymentMethod?: string): Promise<Subscriber & { intent: string }> {
  const user = await newSubscriber(shop);
  await user.subscribe(paymentMethod);
  await shop.settle();
  const [row] = await shop.sql<{ intent: string }>(
    "SELECT c.intent_id AS intent FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1",
    [user.id],
  );
  expect(await user.charges()).toEqual(["paid"]);
  return { ...user, intent: row?.intent ?? expect.fail("not charged") };
}

/** As if the payment had come in the moment in which the subscription ended. */
async function end(user: Subscriber & { intent: string }): Promise<void> {
  await shop.sql("UPDATE subscription_charges SET status = 'failed' WHERE intent_id = $1", [user.intent]);
  await shop.sql(
    "UPDATE subscriptions SET status = 'cancelled', cancelled_at = $2, end_reason = 'customer' WHERE user_id = $1",
    [user.id, new Date(shop.clock.now())],
  );
}

const refund = (intent: string, amount?: number) =>
  shop.stripeApi<{ id: string }>("POST", "/v1/refunds", {
    payment_intent: intent,
    ...(amount && { amount: String(amount) }),
  });
const refunded = async (user: Subscriber) => (await user.view()).charges[0]?.refunded.amount;
const refundEmails = async (user: Subscriber) =>
  (await user.subjects()).filter((subject) => /sent .* back to you/.test(subject));

test("a partial refund, then the rest: both are recorded and notified once; the subscription continues", async () => {
  const user = await paid();
  await refund(user.intent, 300);
  await shop.settle();
  expect([await refunded(user), await refundEmails(user)]).toEqual([300, ["We have sent €3.00 back to you"]]);
  await refund(user.intent);
  await shop.clock.advance(MINUTE);
  expect(await refunded(user)).toBe(900);
  expect(await refundEmails(user)).toEqual(["We have sent €3.00 back to you", "We have sent €6.00 back to you"]);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
});

test.each(["duplicate", "reverse"] as const)("webhooks in mode %s change nothing", async (mode) => {
  const user = await paid();
  await shop.webhooks(mode);
  await refund(user.intent, 100);
  await refund(user.intent, 200);
  await shop.flush();
  await shop.clock.advance(MINUTE);
  expect([await refunded(user), (await refundEmails(user)).length]).toEqual([300, 2]);
});

test("no webhook comes: the reconciler finds the refund", async () => {
  const user = await paid();
  await shop.webhooks("drop");
  await refund(user.intent, 450);
  await shop.clock.advance(HOUR);
  expect([await refunded(user), await refundEmails(user)]).toEqual([450, ["We have sent €4.50 back to you"]]);
});

test("a pending refund succeeds, and no webhook comes: the reconciler polls it", async () => {
  const user = await paid("pm_card_pendingRefund");
  await refund(user.intent, 450);
  await shop.settle();
  await shop.webhooks("drop");
  await shop.clock.advance(30 * MINUTE);
  expect(await refundEmails(user)).toEqual([]);
  await shop.clock.advance(HOUR);
  expect([await refunded(user), await refundEmails(user)]).toEqual([450, ["We have sent €4.50 back to you"]]);
});

test("a pending refund fails, and no webhook comes: the operators are alerted, and the customer is notified", async () => {
  const user = await paid("pm_card_refundFail");
  const { id } = await refund(user.intent, 450);
  await shop.settle();
  await shop.webhooks("drop");
  await shop.clock.advance(2 * HOUR);
  // The test card's refund succeeds before it fails.
  await shop.sql("UPDATE subscription_refunds SET status = 'pending' WHERE id = $1", [id]);
  await shop.clock.advance(HOUR);
  expect([await refunded(user), (await refusals(user)).length]).toEqual([0, 1]);
  expect(await user.subjects()).toContain("Your refund of €4.50 did not arrive");
});

test("the engine loses the run that the webhook triggered: the reconciler does its work", async () => {
  const user = await paid();
  await shop.fault("stripe", {
    kind: "error",
    status: 503,
    path: "/v1/payment_intents",
    until: shop.clock.now() + MINUTE,
  });
  await refund(user.intent, 450);
  await shop.settle();
  expect(await shop.loseRuns("settle-subscription-charge")).toBeGreaterThan(0);
  await shop.clock.advance(5 * MINUTE);
  expect([await refunded(user), (await refundEmails(user)).length]).toEqual([450, 1]);
});

test("the database fails after a refund is recorded: the retry notifies the customer all the same", async () => {
  const user = await paid();
  let lost = 0;
  const restore = onStatement((sql) => (/UPDATE .*webhook_inbox/.test(sql) && ++lost === 1 ? "before" : undefined));
  await refund(user.intent, 450);
  await shop.clock.advance(2 * MINUTE);
  restore();
  expect(lost).toBeGreaterThan(1);
  expect([await refunded(user), await refundEmails(user)]).toEqual([450, ["We have sent €4.50 back to you"]]);
});

test("webhooks about a payment that Stripe does not have are marked as processed, not polled every minute", async () => {
  const user = await paid();
  await shop.sql("UPDATE subscription_charges SET intent_id = 'pi_gone' WHERE intent_id = $1", [user.intent]);
  await shop.sql(
    `INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at) VALUES ('stripe', 'evt_gone', 'charge.refunded', 'pi_gone', '{}', $1)`,
    [new Date(shop.clock.now())],
  );
  await shop.clock.advance(5 * MINUTE);
  expect(await shop.sql("SELECT receipt FROM webhook_inbox WHERE id = 'evt_gone'")).toEqual([
    { receipt: "Stripe has no such PaymentIntent." },
  ]);
});

test("a late payment is refunded except for what the dashboard has refunded already", async () => {
  const user = await paid();
  await shop.webhooks("drop");
  await refund(user.intent, 500);
  await end(user);
  await shop.clock.advance(HOUR);
  expect(await user.money()).toEqual({ collected: 0, succeeded: 1, open: 0 });
  expect(
    await shop.sql("SELECT captured - refunded AS rest FROM subscription_charges WHERE intent_id = $1", [user.intent]),
  ).toEqual([{ rest: 0 }]);
});

/** Returns the subjects of the operators' alerts about a charge's refunds. */
async function refusals(of: { intent: string }): Promise<string[]> {
  const [charge] = await shop.sql<{ id: string }>("SELECT id FROM subscription_charges WHERE intent_id = $1", [
    of.intent,
  ]);
  const emails = await shop.emails("operators@steadfast.example");
  return emails.map(({ subject }) => subject).filter((subject) => subject.includes(charge?.id ?? expect.fail()));
}

test("the bank rejects a refund: the refunded amount is corrected, and the operators are alerted once", async () => {
  const user = await paid("pm_card_refundFail");
  await refund(user.intent, 450);
  await shop.settle();
  expect(await refunded(user)).toBe(450);
  await shop.clock.advance(2 * HOUR);
  expect(await refunded(user)).toBe(0);
  expect(await refusals(user)).toEqual([expect.stringMatching(/was refused/)]);
});

test("the bank rejects the refund of a late payment: it is not repeated, and the operators are alerted once", async () => {
  const user = await paid("pm_card_refundFail");
  await end(user);
  await shop.clock.advance(3 * HOUR);
  const { data } = await shop.stripeApi<{ data: unknown[] }>("GET", `/v1/refunds?payment_intent=${user.intent}`);
  expect(data).toHaveLength(1);
  expect(await refusals(user)).toHaveLength(1);
  // As an operator would resolve it by hand. Otherwise the invariant fails.
  await shop.sql("UPDATE subscription_charges SET captured = 0 WHERE intent_id = $1", [user.intent]);
});

test("a late payment is refunded, and the customer is notified", async () => {
  const user = await paid();
  await end(user);
  await shop.clock.advance(HOUR);
  expect([await user.money(), await refundEmails(user)]).toEqual([
    { collected: 0, succeeded: 1, open: 0 },
    ["We have sent €9.00 back to you"],
  ]);
});

test("an older state of a refund that is stored last does not overwrite a newer one", async () => {
  const { recordRefunds } = await import("@/lib/billing/refresh-charge");
  const { listRefunds } = await import("@/lib/stripe");
  const user = await paid("pm_card_refundFail");
  await refund(user.intent, 400);
  await shop.settle();
  const older = await listRefunds(user.intent);
  await shop.clock.advance(2 * HOUR);
  const newer = await listRefunds(user.intent);
  expect([older, newer].map(([one]) => one?.status)).toEqual(["succeeded", "failed"]);
  expect(await refunded(user)).toBe(0);
  const [charge] = await shop.sql<{ id: string }>("SELECT id FROM subscription_charges WHERE intent_id = $1", [
    user.intent,
  ]);
  await recordRefunds(charge?.id ?? "", older);
  expect(await refunded(user)).toBe(0);
});
