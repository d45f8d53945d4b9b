import { afterEach, expect, test } from "vitest";
import { runsOf } from "./member";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** More emails at once than the email provider accepts, which is ten requests a second. */
const shop = openShop({
  only: ["process-order", "payment-failed", "email-drip-campaign", "send-individual-notification", "reconcile"],
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

/** Inserts orders that were just declined, and sends their events. */
async function declineAtOnce(prefix: string, buyers: number): Promise<void> {
  const at = new Date(shop.clock.now());
  await shop.sql(
    `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
     SELECT $1 || n, 't', 'failed', 100, 'EUR', $1 || n || '@crowd.example', 'pm_card_visa', 'payment_declined', $2, $2, $2
     FROM generate_series(1, $3::int) n`,
    [prefix, at, buyers],
  );
  await shop.sql(
    `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
     VALUES ($1, $1, 'Lamp', 'A lamp', 100, 'EUR', $2, $2)`,
    [prefix, at],
  );
  await shop.sql(
    `INSERT INTO order_lines (order_id, position, product_id, sku, name, unit_amount, quantity)
     SELECT $1 || n, 0, $1, 'S', 'Lamp', 100, 1 FROM generate_series(1, $2::int) n`,
    [prefix, buyers],
  );
  const events = Array.from({ length: buyers }, (_, n) => ({
    name: "payment/failed",
    id: `${prefix}${n}`,
    data: { orderId: `${prefix}${n + 1}`, attempt: 1, reason: "payment_declined" },
  }));
  await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
}

/** Counts the emails of each buyer. */
const received = async (prefix: string, buyers: number) =>
  Promise.all(
    Array.from({ length: buyers }, async (_, n) => (await shop.emails(`${prefix}${n + 1}@crowd.example`)).length),
  );

const unsent = async () =>
  (await shop.sql<{ count: number }>("SELECT count(*)::int AS count FROM emails WHERE status = 'queued'"))[0]?.count;

test("a hundred orders are declined at once: each customer gets one email, and no run fails", async () => {
  const before = shop.calls().email;
  await declineAtOnce("burst", 100);
  await shop.clock.advance(2 * MINUTE);
  expect(await received("burst", 100)).toEqual(Array(100).fill(1));
  const runs = await runsOf(shop, "payment-failed");
  expect(runs.filter(({ status }) => status !== "COMPLETED")).toEqual([]);
  // Deferred emails wait for their slot, so few requests are repeated.
  expect(shop.calls().email - before).toBeLessThan(120);
});

test("the provider refuses every request for its limit for two minutes: no run fails, and each customer gets one email", async () => {
  await shop.fault("mailbox", { kind: "rate_limit", until: shop.clock.now() + 2 * MINUTE });
  await declineAtOnce("limited", 5);
  await shop.clock.advance(8 * MINUTE);
  expect(await received("limited", 5)).toEqual(Array(5).fill(1));
  const runs = await runsOf(shop, "payment-failed");
  expect(runs.filter(({ status }) => status !== "COMPLETED")).toEqual([]);
});

test("orders are declined while the provider is down: each customer gets one email afterwards", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 20 * MINUTE });
  await declineAtOnce("down", 30);
  await shop.clock.advance(20 * MINUTE);
  await shop.clock.runUntil(async () => (await unsent()) === 0, HOUR);
  expect(await received("down", 30)).toEqual(Array(30).fill(1));
});

test("transactional email does not wait behind optional email", async () => {
  await shop.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     SELECT 'reader' || n, 'reader' || n || '@crowd.example', 'R', 'customer', true, $1, $1 FROM generate_series(1, 100) n`,
    [new Date(shop.clock.now())],
  );
  const events = Array.from({ length: 100 }, (_, n) => ({
    name: "user/registered",
    data: { userId: `reader${n + 1}`, email: `reader${n + 1}@crowd.example`, name: "R", stored: true },
  }));
  await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
  await shop.settle();
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(15_000);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  expect(await unsent()).toBeGreaterThan(20);
  await shop.clock.advance(MINUTE);
  expect(await unsent()).toBe(0);
});
