import { expect, test } from "vitest";
import { isHighValue, reviewWaits } from "@/lib/orders/review";

const FROM = new Map([
  ["EUR", 100_000],
  ["JPY", 15_000_000],
]);

test.each([
  [99_999, "EUR", false],
  [100_000, "EUR", true],
  [14_999_999, "JPY", false],
  [15_000_000, "JPY", true],
  [99_999_999, "USD", false],
])("an order over %i %s is of high value: %s", (amount, currency, expected) => {
  expect(isHighValue({ amount, currency }, FROM)).toBe(expected);
});

test.each([1, 6, 24, 168])("the waits of a hold of %i hours add up to it, short ones first", (hours) => {
  const hold = hours * 3_600_000;
  const waits = reviewWaits(hold);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(hold);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBeLessThanOrEqual(30_000);
});
