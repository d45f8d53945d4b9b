import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** What the console's overview is made of. The reconciler, which would repair what is planted here, is left out. */
const shop = openShop({ only: ["process-order", "process-refund"], wires: true });
afterEach(audit);

const stuck = async () => (await import("@/lib/console/overview")).listStuckOrders();

test("net revenue belongs to the day of the sale, and a refund to the day on which it was made", async () => {
  const { lastDays, readRevenue } = await import("@/lib/reports/sales-range");
  const placed = await shop.checkout(await shop.product(2, 4_000));
  await shop.settle();
  await shop.clock.advance(48 * HOUR);
  const { refundOrder } = await import("@/lib/payments/refund-order");
  await refundOrder(placed.id, { amount: 1_500, reason: "A scratch" }, { by: "usr_manager", key: "scratch" });
  await shop.settle();
  const [euros, ...more] = await readRevenue(lastDays(4));
  expect(more).toEqual([]);
  expect(euros).toMatchObject({ currency: "EUR" });
  expect(euros?.days.map(({ net, orders }) => [net, orders])).toEqual([
    [0, 0],
    [4_000, 1],
    [0, 0],
    [-1_500, 0],
  ]);
});

test("orders are counted by status up to ten thousand", async () => {
  const { readOverview } = await import("@/lib/console/overview");
  const add = (count: number) =>
    shop.sql(
      `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
       SELECT 'ord_n' || n, 't', 'failed', 100, 'EUR', 'past@x.example', 'pm', 'payment_declined', '2026-01-01', '2025-12-01', '2026-01-01'
       FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING`,
      [count],
    );
  const failed = async () => (await readOverview()).ordersByStatus.find(({ status }) => status === "failed");
  expect(await failed()).toBeUndefined();
  await add(10_000);
  expect(await failed()).toEqual({ status: "failed", count: 10_000, more: false });
  await add(10_001);
  expect(await failed()).toEqual({ status: "failed", count: 10_000, more: true });
  await shop.sql("DELETE FROM orders WHERE id LIKE 'ord_n%'");
});

test("an order whose run is lost is stuck after twenty minutes; one that waits for its bank is not before its deadline", async () => {
  await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  if (shop.wires)
    shop.wires.watch = ({ path }, stage) => (path.startsWith("/e/") && stage === "before" ? "lost" : undefined);
  // Until the end: Inngest's client sends an event again, which a slow machine would do after the checkout.
  const lost = await shop.checkout(await shop.product(1));
  await shop.sql("UPDATE outbox SET sent_at = created_at WHERE sent_at IS NULL");
  const placedAt = new Date(shop.clock.now());
  await shop.clock.advance(19 * MINUTE);
  expect(await stuck()).toEqual({ items: [], count: 0 });
  await shop.clock.advance(2 * MINUTE);
  const { items, count } = await stuck();
  expect(count).toBe(1);
  expect(items).toMatchObject([{ id: lost.id, status: "pending", overdue: false, since: placedAt }]);
  if (shop.wires) shop.wires.watch = undefined;
});
