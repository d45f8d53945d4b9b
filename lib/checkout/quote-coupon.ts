import { z } from "zod";
import { type Client, checkFailures, failuresUntil, recordFailure } from "../client-limits";
import { db, Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import type { Quote } from "../view-schemas";
import { checkoutSchema, isCouponRefusal, quoteOrder } from "./place-order";

/** A cart with a coupon whose price the customer asks for. */
export const couponQuoteSchema = checkoutSchema
  .pick({ items: true, couponCode: true })
  .extend({ email: z.string().optional() });

/**
 * Returns the price of a cart with its coupon, before the customer pays. Writes no order. A refused coupon counts as a failure of
 * the client, as at the checkout, so that nobody can guess codes here.
 * @throws AppError as `placeOrder`
 */
export async function quoteCoupon(request: z.output<typeof couponQuoteSchema>, client: Client): Promise<Quote> {
  const [row] = await db().$queryRaw<{ failures: Date | null }[]>`
    SELECT ${failuresUntil(Prisma.sql`${client.key ?? null}::text`)} AS failures`;
  checkFailures(client, row?.failures ?? null);
  // A price needs no payment method, and an email only for a coupon of one customer.
  const order = { ...request, email: normalizeEmail(request.email ?? "") ?? "", paymentMethod: "none" };
  return quoteOrder(order).catch(async (error) => {
    if (isCouponRefusal(error)) await recordFailure(client);
    throw error;
  });
}
