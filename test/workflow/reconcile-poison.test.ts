import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** An item that a sweep cannot read or repair keeps it from none of the others. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const OPERATORS = "operators@steadfast.example";
const intentOf = async ({ id }: Placed) => (await shop.intents(id))[0]?.id ?? expect.fail("no intent");
const cursor = async () =>
  Number(
    (await shop.sql<{ value: string }>("SELECT cursor AS value FROM sweeps WHERE name = 'stripe-payments'"))[0]
      ?.value ?? 0,
  );
const refuse = (intent: string, ms: number) =>
  shop.fault("stripe", {
    kind: "error",
    status: 500,
    path: `/v1/payment_intents/${intent}`,
    until: shop.clock.now() + ms,
  });

/** A payment that succeeded at Stripe, of which our books know nothing. */
async function unnoticed(): Promise<Placed> {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.sql("UPDATE orders SET status = 'pending' WHERE id = $1", [placed.id]);
  await shop.sql("UPDATE payments SET status = 'confirming', captured = 0 WHERE order_id = $1", [placed.id]);
  await shop.sql("UPDATE reservations SET status = 'active' WHERE order_id = $1", [placed.id]);
  await shop.sql(
    "UPDATE inventory SET sold = 0, reserved = 1 WHERE product_id IN (SELECT product_id FROM order_lines WHERE order_id = $1)",
    [placed.id],
  );
  return placed;
}
const captured = async ({ id }: Placed) =>
  (await shop.sql<{ captured: number }>("SELECT captured FROM payments WHERE order_id = $1", [id]))[0]?.captured;

test("a PaymentIntent that Stripe cannot show: the others are compared, the check moves on, and it is repaired later", async () => {
  // Stripe lists the newest first.
  const [good, bad] = [await unnoticed(), await unnoticed()];
  await refuse(await intentOf(bad), HOUR);
  const before = await cursor();
  await shop.clock.advance(30 * MINUTE);
  expect([await captured(good), await captured(bad)]).toEqual([2500, 0]);
  expect(await cursor()).toBeGreaterThan(before);
  await shop.clock.advance(2 * HOUR);
  expect(await captured(bad)).toBe(2500);
  for (const placed of [bad, good]) expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.sql("SELECT item_id FROM sweep_failures")).toEqual([]);
});

test("fifty webhooks that cannot be applied do not fill the list: the next one is, and a person is notified of those", async () => {
  const at = new Date(shop.clock.now());
  await shop.sql(
    `INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at)
     SELECT 'stripe', 'evt_bad' || n, 'payment_intent.succeeded', 'pi_bad' || n, '{}', $1 FROM generate_series(1, 50) n`,
    [at],
  );
  await refuse("pi_bad", 2 * HOUR);
  await shop.clock.advance(5 * MINUTE);
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.sql(
    `INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at) VALUES ('stripe', 'evt_good', 'payment_intent.succeeded', $1, '{}', $2)`,
    [await intentOf(placed), new Date(shop.clock.now())],
  );
  await shop.clock.advance(5 * MINUTE);
  expect(await shop.sql("SELECT id FROM webhook_inbox WHERE id = 'evt_good' AND processed_at IS NULL")).toEqual([]);
  await shop.clock.advance(HOUR);
  // One incident: all fail with the same error.
  const alerts = () =>
    shop.sql<{ open: boolean }>(
      "SELECT resolved_at IS NULL AS open FROM alerts WHERE detail->>'sweep' = 'unprocessed-webhooks'",
    );
  const alertEmails = async () =>
    (await shop.emails(OPERATORS)).filter(({ subject }) => subject.includes("The sweep unprocessed-webhooks")).length;
  expect([await alerts(), await alertEmails()]).toEqual([[{ open: true }], 1]);
  // Repaired by something else, the incident ends by itself.
  await shop.sql("DELETE FROM webhook_inbox WHERE starts_with(id, 'evt_bad')");
  await shop.clock.advance(2 * HOUR);
  expect(await shop.sql("SELECT item_id FROM sweep_failures")).toEqual([]);
  expect([await alerts(), await alertEmails()]).toEqual([[{ open: false }], 1]);
});

test("a decline is known from Stripe's own answer: its webhooks set nothing going", async () => {
  const before = await shop.sql("SELECT id FROM outbox WHERE name = 'payment/changed'");
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  expect(await shop.finish(placed)).toMatchObject({ status: "failed" });
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.sql("SELECT id FROM outbox WHERE name = 'payment/changed'")).toEqual(before);
  const received = await shop.sql<{ open: boolean }>(
    "SELECT processed_at IS NULL AS open FROM webhook_inbox WHERE object_id = $1",
    [await intentOf(placed)],
  );
  expect(received.length).toBeGreaterThan(0);
  expect(received.filter(({ open }) => open)).toEqual([]);
});
