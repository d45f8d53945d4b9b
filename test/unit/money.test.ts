import { expect, test } from "vitest";
import { formatMoney } from "@/lib/money";

test.each([
  [{ amount: 1250, currency: "EUR" }, "€12.50"],
  [{ amount: 5, currency: "USD" }, "$0.05"],
  [{ amount: 0, currency: "EUR" }, "€0.00"],
  [{ amount: 500, currency: "JPY" }, "¥500"],
  [{ amount: 12345, currency: "KWD" }, "KWD\u00a012.345"],
  [{ amount: 99_999_999, currency: "EUR" }, "€999,999.99"],
])("%o is shown as %s", (money, text) => {
  expect(formatMoney(money)).toBe(text);
});
