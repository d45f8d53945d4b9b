import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import { conflict, invalid } from "../errors";
import type { Money } from "../money";
import { type CouponTerms, discountOf, refusal } from "./policy";

export interface Discount {
  code: string;
  /** Minor units of the order's currency. */
  amount: number;
}

interface CouponRow extends CouponTerms {
  /** Another order uses it. */
  used: boolean;
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
      order_id IS NOT NULL AS used,
      EXISTS (SELECT 1 FROM orders g WHERE g.id = c.gift_order_id AND g.status IN ('cancelled', 'refunded')) AS forfeited
    FROM coupons c WHERE code = ${code} FOR UPDATE`;
  const reason = coupon ? refusal(coupon, { email, subtotal, at: now() }) : "is not a coupon of this shop";
  if (!coupon || reason) throw invalid(UNUSABLE, refused(reason ?? ""));
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
