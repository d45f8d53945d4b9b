import type { CouponKind } from "@/prisma/generated/enums";
import { amountStep, formatMoney, type Money, minimumCharge } from "../money";

/** What a coupon is worth, and to whom. Pure: the writes are beside this file. */
export interface CouponTerms {
  kind: CouponKind;
  percent: number | null;
  amount: number | null;
  minimumAmount: number | null;
  currency: string | null;
  email: string | null;
  expiresAt: Date | null;
  /** It was a gift for an order that has been cancelled or refunded since. */
  forfeited: boolean;
}

export interface Redemption {
  email: string;
  /** What the goods come to. */
  subtotal: Money;
  at: Date;
}

/** The discount in minor units, rounded down to what leaves something that can be paid; never more than the goods come to. */
export function discountOf({ kind, percent, amount }: CouponTerms, { amount: goods, currency }: Money): number {
  const exact = kind === "percent" ? (goods * (percent ?? 0)) / 100 : Math.min(amount ?? 0, goods);
  const step = amountStep(currency);
  return Math.floor(exact / step) * step;
}

/**
 * Why the coupon cannot be used for this cart, if it cannot. A coupon for somebody else is as good as none, so that nobody
 * finds out by trying whose it is. What is left to pay must be something that can be charged: a rest that is too small is
 * refused, not rounded up to what nobody agreed to.
 */
export function refusal(coupon: CouponTerms, { email, subtotal, at }: Redemption): string | undefined {
  if (coupon.email !== null && coupon.email !== email) return "is not a coupon of this shop";
  if (coupon.expiresAt !== null && coupon.expiresAt <= at) return "has expired";
  if (coupon.forfeited) return "was a gift for an order that did not last";
  if (coupon.currency !== null && coupon.currency !== subtotal.currency) return `is for orders in ${coupon.currency}`;
  const { currency } = subtotal;
  if (coupon.minimumAmount !== null && subtotal.amount < coupon.minimumAmount)
    return `is for orders from ${formatMoney({ amount: coupon.minimumAmount, currency })}`;
  const discount = discountOf(coupon, subtotal);
  if (discount === 0) return "takes nothing off this order";
  const least = minimumCharge(currency);
  if (subtotal.amount - discount < least)
    return `would leave less to pay than can be charged, ${formatMoney({ amount: least, currency })}`;
  return undefined;
}
