import { expect, test } from "vitest";
import { formatMoney, minorUnits, refuseFraction, typedAmount } from "@/lib/money";

test.each([
  [{ amount: 1250, currency: "EUR" }, "€12.50"],
  [{ amount: 5, currency: "USD" }, "$0.05"],
  [{ amount: 0, currency: "EUR" }, "€0.00"],
  [{ amount: 500, currency: "JPY" }, "¥500"],
  [{ amount: 12345, currency: "KWD" }, "KWD\u00a012.345"],
  [{ amount: 1_234_567, currency: "HUF" }, "HUF\u00a012,345.67"],
  [{ amount: 50_000, currency: "ISK" }, "ISK\u00a0500.00"],
  [{ amount: 500, currency: "KRW" }, "₩500"],
  [{ amount: 99_999_999, currency: "EUR" }, "€999,999.99"],
])("%o is shown as %s", (money, text) => {
  expect(formatMoney(money)).toBe(text);
});

test.each([
  ["12.50", "EUR", 1250],
  ["12,5", "EUR", 1250],
  ["12", "EUR", 1200],
  ["500", "JPY", 500],
  ["175", "HUF", 17_500],
])("%s %s as typed is %i minor units", (typed, currency, amount) => {
  expect(minorUnits(typed, currency)).toBe(amount);
});

test.each([
  ["12.505", "EUR"],
  ["5.5", "JPY"],
  ["-1", "EUR"],
  ["1e3", "EUR"],
  ["", "EUR"],
  ["12", "€"],
])("%s %s is no amount", (typed, currency) => {
  expect(minorUnits(typed, currency)).toBeNaN();
});

test.each([
  [{ amount: 1250, currency: "EUR" }, "12.50"],
  [{ amount: 99_999_999, currency: "EUR" }, "999999.99"],
  [{ amount: 500, currency: "JPY" }, "500"],
  [{ amount: 12345, currency: "KWD" }, "12.345"],
])("%o is typed as %s, and read as the same again", (money, text) => {
  expect(typedAmount(money)).toBe(text);
  expect(minorUnits(text, money.currency)).toBe(money.amount);
});

test.each([
  [1, "EUR", undefined],
  [500, "JPY", undefined],
  [17_501, "HUF", undefined],
  [5_000, "ISK", undefined],
  [5_050, "ISK", /multiple of ISK.1\.00/],
  [1, "UGX", /multiple of UGX.1\.00/],
  [12_340, "KWD", undefined],
  [12_345, "KWD", /multiple of KWD.0\.010/],
])("%i minor units of %s can be charged, or not", (amount, currency, refused) => {
  const why = refuseFraction({ amount, currency });
  if (refused) expect(why).toMatch(refused);
  else expect(why).toBeUndefined();
});
