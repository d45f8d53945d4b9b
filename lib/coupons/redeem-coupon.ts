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

const UNUSABLE = "The coupon cannot be used.";
const refused = (message: string) => [{ path: "couponCode", message }];
const used = () => conflict("coupon_used", UNUSABLE, refused("has been used for another order"));

/**
 * What a coupon takes off a cart. Its row stays locked until the transaction ends: of two checkouts with one coupon, the
 * second waits here and finds it used. `couponTaking`, in the statement that writes the order, takes it.
 *
 * @throws AppError `coupon_used` (409), `validation_failed` (422), both naming `couponCode`
 */
export async function redeemCoupon(tx: Tx, code: string, email: string, subtotal: Money): Promise<Discount> {
  const [coupon] = await tx.$queryRaw<(CouponTerms & { taken: boolean })[]>`
    SELECT kind, percent, amount, minimum_amount AS "minimumAmount", currency, email, expires_at AS "expiresAt", order_id IS NOT NULL AS taken,
      EXISTS (SELECT 1 FROM orders g WHERE g.id = c.gift_order_id AND g.status IN ('cancelled', 'refunded')) AS forfeited
    FROM coupons c WHERE code = ${code} FOR UPDATE`;
  const why = coupon ? refusal(coupon, { email, subtotal, at: now() }) : "is not a coupon of this shop";
  if (!coupon || why) throw invalid(UNUSABLE, refused(why ?? ""));
  if (coupon.taken) throw used();
  return { code, amount: discountOf(coupon, subtotal) };
}

/** The part of the statement that places an order which makes the coupon its own. */
export function couponTaking(orderId: string, discount: Discount | undefined): Prisma.Sql {
  return discount
    ? Prisma.sql`UPDATE coupons SET order_id = ${orderId} WHERE code = ${discount.code}`
    : Prisma.sql`SELECT 1`;
}

/** The part of a statement that ends an order which gives its coupon back. */
export function couponReturn(orderId: string): Prisma.Sql {
  return Prisma.sql`UPDATE coupons SET order_id = NULL WHERE order_id = ${orderId}`;
}

/**
 * Takes the coupon of a failed order again, which is to be paid at the price it was placed at; that the coupon may have
 * expired since is not held against it.
 * @throws AppError `coupon_used` (409) when it has been used for another order meanwhile.
 */
export async function retakeCoupon(tx: Tx, orderId: string, code: string | null): Promise<void> {
  if (code === null) return;
  const taken = await tx.$executeRaw`
    UPDATE coupons SET order_id = ${orderId} WHERE code = ${code} AND (order_id IS NULL OR order_id = ${orderId})`;
  if (taken === 0) throw used();
}
