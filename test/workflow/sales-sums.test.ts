import { afterEach, beforeAll, expect, test } from "vitest";
import { onStatement } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** A report is the same with the sums of the sales, without them, and with a part of them. */
const shop = openShop({
  env: { STORE_TIME_ZONE: "Europe/Berlin" },
  only: ["process-order", "cancel-order", "process-refund", "reconcile"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

interface Report {
  orders: { placed: number; confirmed: number; failed: number; cancelled: number };
  totals: object[];
}
const path = "/api/admin/reports/sales?from=2025-12-20&to=2026-01-10";
const report = () => manager.read<Report>(manager.get(path));
const sums = () => shop.sql<Record<string, unknown>>("SELECT * FROM sales_days ORDER BY date, currency");
const watermark = async () =>
  (await shop.sql<{ until: Date }>("SELECT until FROM sales_watermark"))[0]?.until.getTime() ?? 0;
const age = async () => shop.clock.now() - (await watermark());

/** Moves what has happened to another time. */
async function move(hours: number, orders: string[]): Promise<void> {
  for (const [table, column, id] of [
    ["orders", "created_at", "id"],
    ["order_events", "at", "order_id"],
  ])
    await shop.sql(`UPDATE ${table} SET ${column} = ${column} - $1 * interval '1 hour' WHERE ${id} = ANY($2)`, [
      hours,
      orders,
    ]);
}

/** A sale of two products of which one is refunded two hours later, a decline, and a cancellation, so many hours ago. */
async function trade(hoursAgo: number): Promise<void> {
  const [a, b] = [await shop.product(9, 1_000), await shop.product(9, 2_500)];
  const items = [
    { productId: a, quantity: 2 },
    { productId: b, quantity: 1 },
  ];
  const sold = await shop.checkout(a, { items });
  const declined = await shop.checkout(b, { paymentMethod: "pm_card_visa_chargeDeclined" });
  const cancelled = await shop.checkout(b);
  await shop.settle();
  await shop.cancel(cancelled);
  const refund = { amount: 1_000, reason: "Late" };
  const path = `/api/admin/orders/${sold.id}/refund`;
  await manager.read(manager.post(path, refund, { "idempotency-key": sold.id }), 201);
  await shop.settle();
  await move(hoursAgo, [sold.id, declined.id, cancelled.id]);
  await shop.sql("UPDATE order_events SET at = at + interval '2 hours' WHERE order_id = $1 AND type LIKE 'refund%'", [
    sold.id,
  ]);
}

test("a report is the same from the sums and from the orders, with a part of a day summed up", async () => {
  // Days apart, an hour before midnight in Berlin, and a moment ago.
  for (const hours of [200, 120, 14, 3, 0]) await trade(hours);
  const unsummed = await report();
  expect(await sums()).toEqual([]);
  expect(unsummed).toMatchObject({
    orders: { placed: 15, confirmed: 10, failed: 5, cancelled: 5 },
    totals: [{ revenue: { amount: 35_000 }, refunds: { amount: 17_500 }, net: { amount: 17_500 } }],
  });
  await shop.clock.advance(HOUR);
  expect(await age()).toBeLessThanOrEqual(2 * HOUR);
  expect((await sums()).length).toBeGreaterThan(3);
  expect(await report()).toEqual(unsummed);
  await shop.clock.advance(2 * HOUR);
  expect(await report()).toEqual(unsummed);
});

test("what is sold after the watermark is in the report at once", async () => {
  const before = await report();
  const placed = await shop.checkout(await shop.product(1, 4_000));
  await shop.settle();
  const after = await report();
  expect(after.orders.confirmed).toBe(before.orders.confirmed + 1);
  await shop.clock.advance(2 * HOUR);
  const [sale] = await shop.sql<{ at: Date }>("SELECT created_at AS at FROM orders WHERE id = $1", [placed.id]);
  expect(await watermark()).toBeGreaterThan(sale?.at.getTime() ?? Number.POSITIVE_INFINITY);
  expect(await report()).toEqual(after);
});

test("an order that fails on two days counts on the first", async () => {
  const before = await report();
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  await move(60, [placed.id]);
  await shop.sql(
    `INSERT INTO order_events (order_id, type, key, data, at)
     SELECT order_id, type, '2', data, at + interval '1 day' FROM order_events WHERE order_id = $1 AND type = 'order_failed'`,
    [placed.id],
  );
  await shop.sql("DELETE FROM sales_watermark");
  for (const when of ["from the orders", "from the sums"]) {
    expect((await report()).orders, when).toMatchObject({ failed: before.orders.failed + 1 });
    await shop.clock.advance(HOUR);
  }
});

test("of processes that sum up the same hours at once, one does", async () => {
  const expected = await sums();
  const until = await watermark();
  const { unsummedSales } = await import("@/lib/reports/sales-sums");
  const [first] = await shop.sql<{ at: Date }>("SELECT min(created_at) AS at FROM orders");
  const since = first?.at ?? expect.fail("no order");
  await shop.sql("UPDATE sales_watermark SET until = $1", [since]);
  await shop.sql("WITH d AS (DELETE FROM sales_days) DELETE FROM sales_product_days");
  const id = String(since.getTime());
  await Promise.all([unsummedSales.repair?.(id), unsummedSales.repair?.(id), unsummedSales.repair?.(id)]);
  await shop.clock.advance(HOUR);
  expect(await watermark()).toBeGreaterThan(until);
  expect((await sums()).slice(0, -1)).toEqual(expected.slice(0, -1));
});

test.each(["before", "after"] as const)("a statement that breaks off %s it counts adds nothing twice", async (when) => {
  const before = await report();
  await shop.sql("DELETE FROM sales_watermark");
  let broken = 0;
  const restore = onStatement((sql) => (/UPDATE sales_watermark/.test(sql) && ++broken % 2 ? when : undefined));
  await shop.clock.advance(HOUR);
  expect(broken).toBeGreaterThan(0);
  restore();
  await shop.clock.advance(HOUR + 2 * MINUTE);
  expect(await age()).toBeLessThanOrEqual(2 * HOUR);
  expect(await report()).toEqual(before);
});

test("a clock that goes back while the hours are summed up does not count them twice", async () => {
  await shop.checkout(await shop.product(1, 4_000));
  await shop.settle();
  await shop.clock.advance(2 * HOUR);
  const before = await report();
  const until = await watermark();
  const { unsummedSales } = await import("@/lib/reports/sales-sums");
  // The sweep has found the watermark before the clock was set back.
  await shop.clock.leap(-2 * HOUR);
  await unsummedSales.repair?.(String(until));
  await shop.clock.leap(2 * HOUR);
  expect(await watermark()).toBe(until);
  expect(await report()).toEqual(before);
});

test("sums of another time zone do not count, and are built again", async () => {
  const before = await report();
  await shop.sql("UPDATE sales_watermark SET time_zone = 'Pacific/Auckland'");
  await shop.sql("UPDATE sales_days SET date = date + 30");
  expect(await report()).toEqual(before);
  await shop.clock.advance(HOUR);
  expect(await shop.sql("SELECT time_zone FROM sales_watermark")).toEqual([{ time_zone: "Europe/Berlin" }]);
  expect(await report()).toEqual(before);
});
