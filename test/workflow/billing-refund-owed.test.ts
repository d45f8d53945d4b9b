import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber, type Subscriber } from "./billing-shop";
import { signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** Refunds of a subscription's payments that a bank returns: what an operator decides about the money that is owed. */
const shop = openShop({ only: [...BILLING_FUNCTIONS, "reconcile"], env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(audit);

type Paid = Subscriber & { intent: string };

/** Subscribes with a card whose bank returns each refund after an hour. */
async function paid(): Promise<Paid> {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_refundFail");
  await shop.settle();
  const [row] = await shop.sql<{ intent: string }>(
    "SELECT c.intent_id AS intent FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1",
    [user.id],
  );
  return { ...user, intent: row?.intent ?? expect.fail("not charged") };
}

/** As if the payment had come in the moment in which the subscription ended. */
async function end(user: Paid): Promise<void> {
  await shop.sql("UPDATE subscription_charges SET status = 'failed' WHERE intent_id = $1", [user.intent]);
  await shop.sql(
    "UPDATE subscriptions SET status = 'cancelled', cancelled_at = $2, end_reason = 'customer' WHERE user_id = $1",
    [user.id, new Date(shop.clock.now())],
  );
}

const refund = (intent: string, amount?: number) =>
  shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent, ...(amount && { amount: String(amount) }) });
const refunded = async (user: Subscriber) => (await user.view()).charges[0]?.refunded.amount;

interface RefundTask {
  id: string;
  kind: string;
  entityId: string;
  cause: { message: string };
}

/** Returns the open tasks about the refunds of a charge, and a function that resolves one. */
async function refundTasks({ intent }: { intent: string }) {
  const manager = await signedIn(shop);
  const [charge] = await shop.sql<{ id: string }>("SELECT id FROM subscription_charges WHERE intent_id = $1", [intent]);
  const { items } = await manager.read<{ items: RefundTask[] }>(
    manager.get("/api/admin/manual-queue?status=open&limit=100"),
  );
  const tasks = items.filter(({ entityId }) => entityId === charge?.id);
  const decide = async (action: "resume" | "dismiss") =>
    (await manager.post(`/api/admin/manual-queue/${tasks[0]?.id}/resolve`, { action })).status;
  return { messages: tasks.map(({ cause }) => cause.message), decide };
}

test("the bank returns two refunds: one task names the sum, and all of it is recorded as paid back otherwise", async () => {
  const user = await paid();
  await refund(user.intent, 300);
  await shop.clock.advance(10 * MINUTE);
  await refund(user.intent, 200);
  await shop.clock.advance(3 * HOUR);
  expect(await refunded(user)).toBe(0);
  const { messages, decide } = await refundTasks(user);
  expect(messages).toEqual([expect.stringContaining("€5.00")]);
  expect(await decide("dismiss")).toBe(200);
  expect(await refunded(user)).toBe(500);
});

test("the bank returns two refunds of a late payment: an operator retries, and the rest is refunded", async () => {
  const user = await paid();
  await refund(user.intent, 300);
  await shop.clock.advance(10 * MINUTE);
  await end(user);
  await shop.clock.advance(3 * HOUR);
  expect(await refunded(user)).toBe(0);
  const { messages, decide } = await refundTasks(user);
  expect(messages).toEqual([expect.stringContaining("€9.00")]);
  expect(await decide("resume")).toBe(200);
  await shop.clock.advance(10 * MINUTE);
  expect(await refunded(user)).toBe(900);
  await shop.clock.advance(3 * HOUR);
  expect(await (await refundTasks(user)).decide("dismiss")).toBe(200);
  expect(await refunded(user)).toBe(900);
});

test("paid back otherwise, and then also in Stripe's dashboard: an alert says that it was paid back twice", async () => {
  const user = await paid();
  await refund(user.intent);
  await shop.clock.advance(3 * HOUR);
  expect(await (await refundTasks(user)).decide("dismiss")).toBe(200);
  await refund(user.intent, 400);
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.sql("SELECT type FROM webhook_inbox WHERE processed_at IS NULL")).toEqual([]);
  const alerts = await shop.sql<{ detail: object }>("SELECT detail FROM alerts WHERE kind = 'refund_exceeds_payment'");
  expect(alerts).toMatchObject([{ detail: { amount: 400, currency: "EUR" } }]);
  expect(await refunded(user)).toBe(900);
});
