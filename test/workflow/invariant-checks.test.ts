import { afterEach, expect, test } from "vitest";
import { audit, MINUTE, openShop } from "./shop";

/** The checks of the invariants in the background. */
const shop = openShop({
  only: ["check-invariants", "process-order"],
  // A server in a country without midnight on one day of the year, in the time of its sessions.
  env: { PGOPTIONS: "-c timezone=America/Santiago" },
});
afterEach(audit);

const checked = async () => {
  const rows = await shop.sql<{ name: string; at: Date }>("SELECT name, checked_at AS at FROM invariant_checks");
  return new Map(rows.map(({ name, at }) => [name, at.getTime()]));
};
const alerts = () => shop.sql("SELECT kind FROM alerts WHERE resolved_at IS NULL");

test("a violation alerts the operators once, until it is gone", async () => {
  const product = await shop.product(3);
  await shop.sql("UPDATE inventory SET reserved = 1, available = 2 WHERE product_id = $1", [product]);
  await shop.clock.advance(31 * MINUTE);
  expect(await alerts()).toEqual([{ kind: "invariant_stock-matches-reservations" }]);
  expect(await shop.sql("SELECT ids FROM invariant_checks WHERE ids <> '{}'")).toEqual([{ ids: [product] }]);
  await shop.sql("UPDATE inventory SET reserved = 0, available = 3 WHERE product_id = $1", [product]);
  await shop.clock.advance(15 * MINUTE);
  expect(await alerts()).toEqual([]);
});

test("a check that takes long is due again when it has rested for a hundred times as long", async () => {
  await shop.sql("UPDATE invariant_checks SET duration_ms = 30000 WHERE name = 'orders-are-paid-once'");
  const before = await checked();
  const { CHECKS } = await import("@/lib/invariants");
  expect([...before.keys()].sort()).toEqual(CHECKS.map(({ name }) => name).sort());
  await shop.clock.advance(30 * MINUTE);
  const between = await checked();
  for (const [name, at] of before)
    expect([name, (between.get(name) ?? 0) > at]).toEqual([name, name !== "orders-are-paid-once"]);
  await shop.clock.advance(30 * MINUTE);
  expect((await checked()).get("orders-are-paid-once")).toBeGreaterThan(before.get("orders-are-paid-once") ?? 0);
});

test("the sales of the days after one without midnight match the orders", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.settle();
  // Half an hour after midnight in Santiago, a day after the clocks have gone forward.
  await shop.sql("UPDATE order_events SET at = '2026-09-07T03:30:00Z' WHERE order_id = $1", [placed.id]);
  await shop.sql(
    `WITH watermark AS (INSERT INTO sales_watermark (time_zone, until) VALUES ('America/Santiago', '2026-09-08T12:00:00Z'))
     INSERT INTO sales_days SELECT '2026-09-07', currency, 0, 1, 0, 0, total_amount, 0 FROM orders WHERE id = $1`,
    [placed.id],
  );
  const { CHECKS, runCheck } = await import("@/lib/invariants");
  const check = CHECKS.find(({ name }) => name === "sales-match-orders") ?? expect.fail("no check");
  expect(await runCheck(check)).toEqual([]);
  await shop.sql("UPDATE sales_days SET revenue = revenue + 1");
  expect(await runCheck(check)).toEqual(["2026-09-07"]);
  await shop.sql("DELETE FROM sales_watermark");
});
