import { describe, expect, test } from "vitest";
import { newCouponSchema } from "@/lib/coupons/manage-coupons";
import { isChargeable } from "@/lib/currencies";
import { parseProduct } from "@/lib/imports/parse-row";
import { maximumCharge } from "@/lib/money";
import { priceSchema } from "@/lib/money-schema";

const price = (currency: string, amount = 10_000) => priceSchema.safeParse({ amount, currency });

test.each(["EUO", "XXX", "XTS", "DEM", "XAU", "ZZZ", "USX", "CUP", "IRR"])("%s cannot be charged", (currency) => {
  expect(isChargeable(currency)).toBe(false);
  expect(price(currency).error?.issues).toMatchObject([
    { path: ["currency"], message: "is not a currency that can be charged" },
  ]);
  const money = { amount: 100, currency };
  expect(newCouponSchema.safeParse({ kind: "fixed", amount: money }).success).toBe(false);
  expect(newCouponSchema.safeParse({ kind: "percent", percent: 5, minimum: money }).success).toBe(false);
  expect(parseProduct(["sku", "name", "price", "currency"], ["A", "A", "1", currency])).toMatchObject({
    problems: [{ column: "currency" }],
  });
});

test.each(["EUR", "USD", "JPY", "KWD", "ISK", "IDR", "XOF", "CHF"])("%s can be charged", (currency) => {
  expect(price(currency).success).toBe(true);
});

describe("the largest amount", () => {
  test.each([
    ["EUR", 99_999_999],
    ["JPY", 99_999_999],
    ["IDR", 999_999_999_999],
  ])("in %s it is %i", (currency, most) => {
    expect(maximumCharge(currency)).toBe(most);
    expect(price(currency, most).success).toBe(true);
    expect(price(currency, most + 1).error?.issues).toMatchObject([{ path: ["amount"] }]);
  });

  test("an import takes twelve digits in IDR and eight in EUR", () => {
    const row = (typed: string, currency: string) =>
      parseProduct(["sku", "name", "price", "currency"], ["A", "A", typed, currency]);
    expect(row("9999999999.99", "IDR")).toMatchObject({ row: { price: 999_999_999_999 } });
    expect(row("10000000000.00", "IDR")).toMatchObject({ problems: [{ column: "price" }] });
    expect(row("21474836.47", "EUR")).toMatchObject({ problems: [{ column: "price" }] });
    expect(row("0", "EUR")).toMatchObject({ row: { price: 0 } });
  });
});
