import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { itemsOfAmount, type PricedLine, paidFor, unshippedOf } from "@/lib/payments/refund-items";

const line = (productId: string, quantity: number, unitAmount: number, shipped = 0, withheld = 0): PricedLine => ({
  ...{ productId, quantity, unitAmount, shipped, withheld },
});
const items = (quantities: Record<string, number>) =>
  Object.entries(quantities).map(([productId, quantity]) => ({ productId, quantity }));

describe("what was paid for items", () => {
  const lines = [line("a", 2, 1_000), line("b", 1, 500)];

  test("is their price without a discount", () => {
    const order = { currency: "EUR", totalAmount: 2_500, discountAmount: 0 };
    expect(paidFor(lines, items({ a: 1, b: 1 }), order)).toBe(1_500);
    expect(paidFor(lines, items({ a: 2 }), order)).toBe(2_000);
  });

  test("is less their share of the discount, to the nearest minor unit", () => {
    expect(paidFor(lines, items({ a: 1 }), { currency: "EUR", totalAmount: 2_250, discountAmount: 250 })).toBe(900);
    expect(paidFor(lines, items({ b: 1 }), { currency: "EUR", totalAmount: 1_667, discountAmount: 833 })).toBe(333);
  });

  test.each([
    ["EUR", 193_333, 96_667],
    ["ISK", 193_300, 96_600],
    ["KWD", 193_330, 96_660],
  ])("is an amount that Stripe takes in %s", (currency, two, one) => {
    const three = [line("a", 3, 100_000)];
    const order = { currency, totalAmount: 290_000, discountAmount: 10_000 };
    expect(paidFor(three, items({ a: 2 }), order)).toBe(two);
    expect(paidFor(three, items({ a: 1 }), order)).toBe(one);
    expect(paidFor(three, items({ a: 3 }), order)).toBe(290_000);
    expect(itemsOfAmount(three, two, 290_000, order)).toEqual(items({ a: 2 }));
  });

  test("is nothing for a free order, for no items, and for a product that the order does not have", () => {
    const order = { currency: "EUR", totalAmount: 2_500, discountAmount: 0 };
    expect(paidFor([line("a", 1, 0)], items({ a: 1 }), { currency: "EUR", totalAmount: 0, discountAmount: 0 })).toBe(0);
    expect(paidFor(lines, items({ a: 2 }), { currency: "EUR", totalAmount: 0, discountAmount: 2_500 })).toBe(0);
    expect(paidFor(lines, [], order)).toBe(0);
    expect(paidFor(lines, items({ z: 3 }), order)).toBe(0);
  });

  test("is the total for all items, whatever the discount", () => {
    const arbitrary = fc.record({
      lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 50 }), unitAmount: fc.nat(1_000_000) }), {
        minLength: 1,
        maxLength: 6,
      }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(arbitrary, ({ lines, share }) => {
        const priced = lines.map(({ quantity, unitAmount }, index) => line(`p${index}`, quantity, unitAmount));
        const full = priced.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0);
        const discountAmount = Math.floor(full * share);
        const order = { currency: "EUR", totalAmount: full - discountAmount, discountAmount };
        expect(paidFor(priced, priced, order)).toBe(order.totalAmount);
      }),
    );
  });
});

describe("the items that a refund of an amount pays back", () => {
  // One of three "a" has shipped, one "b" is withheld.
  const lines = [line("a", 3, 1_000, 1), line("b", 2, 400, 0, 1), line("c", 1, 1_000)];
  const order = { currency: "EUR", totalAmount: 4_800, discountAmount: 0 };
  const open = items({ a: 2, b: 1, c: 1 });

  test.each<[string, number, number, Record<string, number>]>([
    ["all that is left", 2_222, 2_222, { a: 2, b: 1, c: 1 }],
    ["the price of all that is not shipped", 3_400, 4_800, { a: 2, b: 1, c: 1 }],
    ["the price of one piece: of the first such line", 1_000, 4_800, { a: 1 }],
    ["the price of two pieces", 2_000, 4_800, { a: 2 }],
    ["the price of a later line", 400, 4_800, { b: 1 }],
    ["more pieces than are open: a goodwill refund", 3_000, 4_800, {}],
    ["another amount: a goodwill refund", 123, 4_800, {}],
  ])("%s", (_what, amount, left, expected) =>
    expect(itemsOfAmount(lines, amount, left, order)).toEqual(items(expected)),
  );

  test("the requested ones, as far as they have not shipped", () => {
    expect(unshippedOf(lines, open)).toEqual(open);
    expect(unshippedOf(lines, items({ a: 3, b: 2 }))).toEqual(items({ a: 2, b: 1 }));
    expect(unshippedOf([line("a", 1, 100, 1)], items({ a: 1, z: 1 }))).toEqual([]);
  });
});
