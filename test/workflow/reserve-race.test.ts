import { afterEach, expect, test } from "vitest";
import { behindLock } from "./concurrent-writers";
import { audit, openShop } from "./shop";

const shop = openShop({ only: [] });
afterEach(audit);

/** A step that the engine takes for lost runs once more while the first one is still at it. */
test.each([
  ["the last piece", 1],
  ["one of many", 5],
])("%s, reserved twice at once for one order: reserved once, and both calls return it", async (_which, stock) => {
  const { reserveStock } = await import("@/lib/inventory/reservations");
  const product = await shop.product(stock);
  const { id } = await shop.checkout(product);
  const reserve = () => reserveStock(id, 1);
  const reserved = { status: "fulfilled", value: { outcome: "reserved" } };
  const both = await behindLock("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [id], [reserve, reserve]);
  expect(both).toEqual([reserved, reserved]);
  expect(await shop.stock(product)).toEqual({ available: stock - 1, reserved: 1, sold: 0 });
});

test("the last piece, reserved for two orders at once: one gets it, and the other is refused", async () => {
  const { reserveStock } = await import("@/lib/inventory/reservations");
  const product = await shop.product(1);
  const [one, other] = [await shop.checkout(product), await shop.checkout(product)];
  const both = await behindLock(
    "SELECT 1 FROM inventory WHERE product_id = $1 FOR UPDATE",
    [product],
    [() => reserveStock(one.id, 1), () => reserveStock(other.id, 1)],
  );
  expect(both).toEqual([
    { status: "fulfilled", value: { outcome: "reserved" } },
    {
      status: "fulfilled",
      value: { outcome: "out_of_stock", missing: [{ productId: product, wanted: 1, available: 0 }] },
    },
  ]);
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 1, sold: 0 });
});
