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
