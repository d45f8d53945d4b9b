import { describe, expect, test } from "vitest";
import { lineStates, openItems, sameItems } from "@/lib/order-state/open-lines";

const items = (quantities: Record<string, number>) =>
  Object.entries(quantities).map(([productId, quantity]) => ({ productId, quantity }));

describe("the lines of an order", () => {
  const order = {
    lines: [
      { productId: "a", quantity: 5, cancelled: 1 },
      { productId: "b", quantity: 2, cancelled: 0 },
      { productId: "c", quantity: 1, cancelled: 0 },
      { productId: "d", quantity: 1, cancelled: 1 },
    ],
    shipments: [{ items: items({ a: 1, c: 1 }) }, { items: items({ a: 1 }) }],
    refunds: [{ items: items({ a: 1 }) }, { items: [] }],
  };

  test("count what has shipped in all parcels, and what was cancelled or paid back", () => {
    expect(lineStates(order)).toEqual([
      { productId: "a", quantity: 5, cancelled: 1, shipped: 2, withheld: 2 },
      { productId: "b", quantity: 2, cancelled: 0, shipped: 0, withheld: 0 },
      { productId: "c", quantity: 1, cancelled: 0, shipped: 1, withheld: 0 },
      { productId: "d", quantity: 1, cancelled: 1, shipped: 0, withheld: 1 },
    ]);
  });

  test("leave to ship what is neither", () => {
    expect(openItems(lineStates(order))).toEqual(items({ a: 1, b: 2 }));
  });
});

test.each<[string, Record<string, number>, Record<string, number>, boolean]>([
  ["in another order", { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ["fewer of one", { a: 1, b: 2 }, { a: 1, b: 1 }, false],
  ["fewer of the first", { a: 1, b: 2 }, { a: 2, b: 2 }, false],
  ["one more product", { a: 1 }, { a: 1, b: 2 }, false],
  ["one product less", { a: 1, b: 2 }, { a: 1 }, false],
  ["none at all", {}, {}, true],
])("the same items, %s", (_how, a, b, same) => expect(sameItems(items(a), items(b))).toBe(same));
