import { afterEach, expect, test } from "vitest";
import { audit, HASTY, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** The gifts of orders that were confirmed at about the same time go out in one request. */
const shop = openShop({ env: { ...HASTY, RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const gifts = async ({ email }: Placed) =>
  (await shop.emails(email)).filter(({ subject }) => /off your next order/.test(subject)).length;
const received = (orders: Placed[]) => Promise.all(orders.map(gifts));
const statuses = async (orders: Placed[]) => {
  const emails = orders.map(({ email }) => email);
  const rows = await shop.sql<{ status: string }>(
    "SELECT status FROM emails WHERE kind = 'gift_coupon' AND recipient = ANY($1) ORDER BY array_position($1, recipient)",
    [emails],
  );
  return rows.map(({ status }) => status);
};
const refuseOffers = ({ email }: Placed) =>
  shop.sql(
    `INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, $2)`,
    [email, new Date(shop.clock.now())],
  );

/** Three first orders, whose confirmations have gone out and whose batch has not begun. */
async function threeOrders(): Promise<Placed[]> {
  const product = await shop.product(3);
  const orders = await Promise.all([1, 2, 3].map(() => shop.checkout(product)));
  await shop.clock.advance(20 * SECOND);
  for (const placed of orders) expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  return orders;
}

test("three gifts are one request to the email provider", async () => {
  const orders = await threeOrders();
  const before = shop.calls().email;
  await shop.clock.advance(MINUTE);
  expect(await received(orders)).toEqual([1, 1, 1]);
  expect(shop.calls().email - before).toBe(1);
  expect(await statuses(orders)).toEqual(["sent", "sent", "sent"]);
  const sent =
    "SELECT 1 FROM outbox WHERE name = 'email/sent' AND data ->> 'kind' = 'gift_coupon' AND sent_at IS NOT NULL";
  expect(await shop.sql(sent)).toHaveLength(3);
});

test.each(["answer_lost", "timeout", "reset", "error"])(
  "%s at the email provider: each gift goes out exactly once",
  async (kind) => {
    const orders = await threeOrders();
    await shop.fault("mailbox", { kind, times: 2 });
    await shop.clock.advance(HOUR);
    expect(await received(orders)).toEqual([1, 1, 1]);
    expect(await statuses(orders)).toEqual(["sent", "sent", "sent"]);
  },
);

test("the API key is malformed for an hour: the gifts wait, and each goes out exactly once", async () => {
  const orders = await threeOrders();
  const invalid = { status: 400, code: "validation_error", message: "API key is invalid" };
  await shop.fault("mailbox", { kind: "error", ...invalid, until: shop.clock.now() + HOUR });
  await shop.clock.advance(HOUR + 10 * MINUTE);
  expect(await received(orders)).toEqual([1, 1, 1]);
  expect(await statuses(orders)).toEqual(["sent", "sent", "sent"]);
});

test("the provider's limit is used up: the gifts wait for their slot", async () => {
  const orders = await threeOrders();
  await shop.fault("mailbox", { kind: "rate_limit", times: 2 });
  await shop.clock.advance(5 * MINUTE);
  expect(await received(orders)).toEqual([1, 1, 1]);
});

test("a customer who refuses offers while the provider's limit is used up gets none, and the others do", async () => {
  const orders = await threeOrders();
  await shop.fault("mailbox", { kind: "rate_limit", times: 1 });
  await shop.clock.runUntil(async () => (await statuses(orders)).length === 3, MINUTE);
  await refuseOffers(orders[1] ?? expect.fail());
  await shop.clock.advance(5 * MINUTE);
  expect(await received(orders)).toEqual([1, 0, 1]);
  expect(await statuses(orders)).toEqual(["sent", "suppressed", "sent"]);
});

test("a gift that may have gone out goes out with its batch, also if it is cancelled meanwhile", async () => {
  const orders = await threeOrders();
  await shop.fault("mailbox", { kind: "answer_lost", times: 1 });
  const claimed = "SELECT 1 FROM email_batches WHERE idempotency_key IS NOT NULL AND version > 0 AND created_at > $1";
  const since = new Date(shop.clock.now());
  await shop.clock.runUntil(async () => (await shop.sql(claimed, [since])).length === 1, MINUTE);
  await shop.sql("UPDATE emails SET status = 'suppressed' WHERE kind = 'gift_coupon' AND recipient = $1", [
    orders[1]?.email,
  ]);
  await shop.clock.advance(HOUR);
  expect(await received(orders)).toEqual([1, 1, 1]);
  expect(await statuses(orders)).toEqual(["sent", "sent", "sent"]);
});

test("a refused address fails, and the others get their gift", async () => {
  const orders = await threeOrders();
  await shop.sql("UPDATE orders SET email = 'not an address' WHERE id = $1", [orders[0]?.id]);
  await shop.clock.advance(5 * MINUTE);
  expect(await received(orders.slice(1))).toEqual([1, 1]);
  const rows = await shop.sql("SELECT status FROM emails WHERE recipient = 'not an address'");
  expect(rows).toEqual([{ status: "failed" }]);
});

test("the run of a batch is lost: the sweep sends it, once", async () => {
  const orders = await threeOrders();
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 2 * MINUTE });
  await shop.clock.runUntil(async () => (await statuses(orders)).length === 3, MINUTE);
  expect(await shop.loseRuns("deliver-email-batch")).toBe(1);
  expect(await received(orders)).toEqual([0, 0, 0]);
  const before = shop.calls().email;
  await shop.clock.advance(HOUR);
  expect(await received(orders)).toEqual([1, 1, 1]);
  expect(shop.calls().email - before).toBe(1);
});

test("a batch that could not be sent for twenty hours is not sent any more", async () => {
  const orders = await threeOrders();
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 2 * MINUTE });
  await shop.clock.runUntil(async () => (await statuses(orders)).length === 3, MINUTE);
  await shop.sql(
    "UPDATE emails SET created_at = created_at - interval '21 hours' WHERE kind = 'gift_coupon' AND status = 'queued'",
  );
  await shop.clock.advance(HOUR);
  expect(await received(orders)).toEqual([0, 0, 0]);
  expect(await statuses(orders)).toEqual(["failed", "failed", "failed"]);
});
