import { expect, test } from "vitest";
import { sameItems } from "@/lib/order-state/open-lines";
import { planShipment } from "@/lib/shipping/ship-order";

const lines = [
  { productId: "a", quantity: 3, shipped: 1, withheld: 0 },
  { productId: "b", quantity: 1, shipped: 0, withheld: 0 },
  { productId: "c", quantity: 2, shipped: 2, withheld: 0 },
];

test.each([
  [
    "everything that is left",
    undefined,
    {
      items: [
        { productId: "a", quantity: 2 },
        { productId: "b", quantity: 1 },
      ],
      complete: true,
    },
  ],
  ["a part", [{ productId: "a", quantity: 1 }], { items: [{ productId: "a", quantity: 1 }], complete: false }],
  [
    "more than is left",
    [{ productId: "a", quantity: 3 }],
    { errors: [{ path: "items.0.quantity", message: "only 2 left to ship" }] },
  ],
  [
    "what has left already",
    [{ productId: "c", quantity: 1 }],
    { errors: [{ path: "items.0.quantity", message: "only 0 left to ship" }] },
  ],
  [
    "what was not ordered",
    [{ productId: "x", quantity: 1 }],
    { errors: [{ path: "items.0.productId", message: "is not part of this order" }] },
  ],
])("%s", (_name, wanted, plan) => {
  expect(planShipment(lines, wanted)).toEqual(plan);
});

test("what was refunded or cancelled is not shipped", () => {
  const refunded = lines.map((line) => (line.productId === "a" ? { ...line, withheld: 1 } : line));
  expect(planShipment(refunded)).toEqual({
    items: [
      { productId: "a", quantity: 1 },
      { productId: "b", quantity: 1 },
    ],
    complete: true,
  });
  expect(planShipment(refunded, [{ productId: "a", quantity: 2 }])).toEqual({
    errors: [{ path: "items.0.quantity", message: "only 1 left to ship" }],
    withheld: true,
  });
});

test("two shipments with the same items in another order are the same", () => {
  const [a, b] = [
    { productId: "a", quantity: 1 },
    { productId: "b", quantity: 2 },
  ];
  expect(sameItems([a, b], [b, a])).toBe(true);
  expect(sameItems([a, b], [a])).toBe(false);
  expect(sameItems([a], [{ ...a, quantity: 2 }])).toBe(false);
});
