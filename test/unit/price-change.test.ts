import { expect, test } from "vitest";
import { changedPrice, priceChangeSchema } from "@/lib/catalogue/change-price";

test.each([
  [2_500, "EUR", "10%", 2_750],
  [2_500, "EUR", "-10 %", 2_250],
  [999, "EUR", "+2,5%", 1_024],
  [2_500, "EUR", "2.50", 2_750],
  [2_500, "EUR", "-1", 2_400],
  [250, "EUR", "-2.5", 0],
  [1_000, "JPY", "3%", 1_030],
  // Stripe charges krónur in whole ones, and dinars in steps of 0.010.
  [100_000, "ISK", "1.5%", 101_500],
  [12_340, "KWD", "1%", 12_460],
])("%i %s changed by %s is %i", (amount, currency, change, expected) => {
  expect(changedPrice({ amount, currency }, priceChangeSchema.parse(change))).toEqual({ amount: expected, currency });
});

test.each([
  [100, "EUR", "-1.01", /below zero/],
  [100, "EUR", "-100.5%", /below zero/],
  [1_000, "JPY", "2.50", /not an amount in JPY/],
  [99_999_999, "EUR", "1%", /must be at most €999,999.99/],
  [12_340, "KWD", "0.005", /multiple/],
])("%i %s cannot be changed by %s", (amount, currency, change, message) => {
  expect(() => changedPrice({ amount, currency }, change)).toThrow(message);
});

test.each(["", "%", "ten", "1.2345", "10%%", "--1", "1e3"])("%j is no change of a price", (typed) => {
  expect(priceChangeSchema.safeParse(typed).success).toBe(false);
});
