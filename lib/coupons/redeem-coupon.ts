import { randomBytes } from "node:crypto";
import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { conflict, invalid } from "../errors";
import type { Coupon } from "../models";
import { amountStep, formatMoney, type Money, minimumCharge } from "../money";

interface Discount {
  code: string;
  /** Minor units of the order's currency. */
  amount: number;
}

interface CouponRow extends CouponTerms {
  /** Another order uses it. */
  used: boolean;
  /** A manager has deactivated it. */
  deactivated: boolean;
}

const UNUSABLE = "The coupon cannot be used.";
const refused = (message: string) => [{ path: "couponCode", message }];
const usedError = () => conflict("coupon_used", UNUSABLE, refused("has been used for another order"));

/**
 * Returns the discount of a coupon for a cart. The coupon's row stays locked until the transaction ends: of two checkouts with
 * one coupon, the second waits here and finds it used. `couponRedemption` redeems it in the statement that inserts the order.
 *
 * @throws AppError `coupon_used` (409), `validation_failed` (422), both naming `couponCode`
 */
export async function lockCoupon(tx: Tx, code: string, email: string, subtotal: Money): Promise<Discount> {
  const [coupon] = await tx.$queryRaw<CouponRow[]>`
    SELECT kind, percent, amount, minimum_amount AS "minimumAmount", currency, email, expires_at AS "expiresAt",
      order_id IS NOT NULL AS used, deactivated_at IS NOT NULL AS deactivated,
      EXISTS (SELECT 1 FROM orders g WHERE g.id = c.gift_order_id AND g.status IN ('cancelled', 'refunded')) AS forfeited
    FROM coupons c WHERE code = ${code} FOR UPDATE`;
  const reason = coupon ? refusal(coupon, { email, subtotal, at: now() }) : "is not a coupon of this shop";
  if (!coupon || reason) throw invalid(UNUSABLE, refused(reason ?? ""));
  if (coupon.deactivated) throw invalid(UNUSABLE, refused("is not valid any more"));
  if (coupon.used) throw usedError();
  return { code, amount: discountOf(coupon, subtotal) };
}

/** Returns the UPDATE that redeems a coupon for an order, as a CTE of the statement that inserts the order. */
export function couponRedemption(orderId: string, discount: Discount | undefined): Prisma.Sql {
  return discount
    ? Prisma.sql`UPDATE coupons SET order_id = ${orderId} WHERE code = ${discount.code}`
    : Prisma.sql`SELECT 1`;
}

/** Returns the UPDATE that frees an order's coupon, as a CTE of the statement that ends the order. */
export function couponRelease(orderId: string): Prisma.Sql {
  return Prisma.sql`UPDATE coupons SET order_id = NULL WHERE order_id = ${orderId}`;
}

/**
 * Redeems the coupon of a failed order again, because it is paid at the price at which it was placed. The coupon may have expired
 * meanwhile.
 * @throws AppError `coupon_used` (409) if another order has used it meanwhile
 */
export async function retakeCoupon(tx: Tx, orderId: string, code: string | null): Promise<void> {
  if (code === null) return;
  const { count } = await tx.coupon.updateMany({
    where: { code, OR: [{ orderId: null }, { orderId }] },
    data: { orderId },
  });
  if (count === 0) throw usedError();
}

/** The value of a coupon and the conditions of its use. */
export interface CouponTerms
  extends Pick<Coupon, "kind" | "percent" | "amount" | "minimumAmount" | "currency" | "email" | "expiresAt"> {
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
 * be more than the customer agreed to. Nothing may be left. Pure.
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
  const rest = subtotal.amount - discount;
  if (rest > 0 && rest < least)
    return `would leave less to pay than can be charged, ${formatMoney({ amount: least, currency })}`;
  return undefined;
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no two characters look alike

/** Returns a code of 60 random bits that is easy to type: `GIFT-7K2M-9QXR-4TBH`. */
export function newCouponCode(prefix: string): string {
  const text = Array.from(randomBytes(12), (byte) => ALPHABET.charAt(byte % 32)).join("");
  return [prefix, ...(text.match(/.{4}/g) ?? [])].join("-");
}
