import fc from "fast-check";
import { expect, test } from "vitest";
import { type CouponTerms, discountOf, refusal } from "@/lib/coupons/redeem-coupon";
import { amountStep, refuseFraction } from "@/lib/money";

const AT = new Date("2026-01-05T09:00:00Z");
const percent = (percent: number, more: Partial<CouponTerms> = {}): CouponTerms => ({
  kind: "percent",
  percent,
  amount: null,
  minimumAmount: null,
  currency: null,
  email: null,
  expiresAt: null,
  forfeited: false,
  ...more,
});
const fixed = (amount: number, more: Partial<CouponTerms> = {}): CouponTerms => ({
  ...percent(1),
  kind: "fixed",
  percent: null,
  amount,
  currency: "EUR",
  ...more,
});
const cart = (amount: number, currency = "EUR") => ({ email: "a@b.example", subtotal: { amount, currency }, at: AT });

test.each([
  [percent(10), 2599, "EUR", 259],
  [percent(100), 2500, "EUR", 2500],
  [percent(1), 99, "EUR", 0],
  [fixed(500), 2500, "EUR", 500],
  [fixed(500), 300, "EUR", 300],
  [percent(10), 259_900, "ISK", 25_900],
  [percent(10), 2_590, "KWD", 250],
])("%o takes off %i %s: %i", (coupon, amount, currency, discount) => {
  expect(discountOf(coupon, { amount, currency })).toBe(discount);
});

test.each([
  ["good", percent(10), cart(2500), undefined],
  ["its own customer's", percent(10, { email: "a@b.example" }), cart(2500), undefined],
  ["somebody else's", percent(10, { email: "c@d.example" }), cart(2500), /not a coupon/],
  ["expired this moment", percent(10, { expiresAt: AT }), cart(2500), /expired/],
  ["good for a moment", percent(10, { expiresAt: new Date(AT.getTime() + 1) }), cart(2500), undefined],
  ["forfeited", percent(10, { forfeited: true }), cart(2500), /did not last/],
  ["of another currency", fixed(500), cart(2500, "USD"), /orders in EUR/],
  ["for more than this", percent(10, { minimumAmount: 2501, currency: "EUR" }), cart(2500), /€25.01/],
  ["for just this much", percent(10, { minimumAmount: 2500, currency: "EUR" }), cart(2500), undefined],
  ["worth nothing here", percent(1), cart(99), /nothing/],
  ["leaving the least there can be", fixed(2450), cart(2500), undefined],
  ["leaving nothing", percent(100), cart(2500), undefined],
  ["leaving less", fixed(2451), cart(2500), /€0.50/],
])("a coupon that is %s", (_what, coupon, redemption, expected) => {
  const why = refusal(coupon, redemption);
  if (expected === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(expected);
});

test("whatever the coupon, what is left to pay can be charged, and the discount is never negative", () => {
  const terms = fc.oneof(
    fc.integer({ min: 1, max: 100 }).map((value) => percent(value)),
    fc.integer({ min: 1, max: 99_999_999 }).map((value) => fixed(value)),
  );
  fc.assert(
    fc.property(
      terms,
      fc.integer({ min: 1, max: 999_999 }),
      fc.constantFrom("EUR", "ISK", "BHD"),
      (terms, n, currency) => {
        const coupon = { ...terms, currency };
        const { subtotal } = cart(n * amountStep(currency), currency);
        const discount = discountOf(coupon, subtotal);
        const rest = subtotal.amount - discount;
        expect(discount).toBeGreaterThanOrEqual(0);
        expect(refuseFraction({ amount: rest, currency })).toBeUndefined();
        if (refusal(coupon, cart(subtotal.amount, currency)) === undefined) expect(rest === 0 || rest >= 50).toBe(true);
      },
    ),
  );
});
