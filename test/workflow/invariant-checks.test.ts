import { afterEach, expect, test } from "vitest";
import { audit, MINUTE, openShop } from "./shop";

/** The checks of the invariants in the background. */
const shop = openShop({ only: ["check-invariants"] });
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
