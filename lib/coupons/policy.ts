import { randomBytes } from "node:crypto";
import type { CouponKind } from "@/prisma/generated/enums";
import { amountStep, formatMoney, type Money, minimumCharge } from "../money";

/** The value of a coupon and the conditions of its use. */
export interface CouponTerms {
  kind: CouponKind;
  percent: number | null;
  amount: number | null;
  minimumAmount: number | null;
  currency: string | null;
  email: string | null;
  expiresAt: Date | null;
  /** It was a gift for an order that was cancelled or refunded later. */
  forfeited: boolean;
}

export interface Redemption {
  email: string;
  /** The price of the goods. */
  subtotal: Money;
  at: Date;
}

/** Returns the discount in minor units, rounded down to an amount that can be charged. Never more than the subtotal. Pure. */
export function discountOf({ kind, percent, amount }: CouponTerms, { amount: goods, currency }: Money): number {
  const exact = kind === "percent" ? (goods * (percent ?? 0)) / 100 : Math.min(amount ?? 0, goods);
  const step = amountStep(currency);
  return Math.floor(exact / step) * step;
}

/**
 * Returns why the coupon cannot be used for this cart, or undefined. A coupon for another address is answered like an
 * unknown code, so the answer does not reveal its owner. A rest below the minimum charge is refused, because a higher charge would
 * be more than the customer agreed to. Pure.
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

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no two characters look alike

/** Returns a code of 60 random bits that is easy to type: `GIFT-7K2M-9QXR-4TBH`. */
export function newCouponCode(prefix: string): string {
  const text = Array.from(randomBytes(12), (byte) => ALPHABET.charAt(byte % 32)).join("");
  return [prefix, ...(text.match(/.{4}/g) ?? [])].join("-");
}
