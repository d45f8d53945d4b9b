import { after, DAY, HOUR, now } from "../clock";
import { Prisma, transaction } from "../db";
import { giftEnv } from "../env";
import { newCouponCode } from "./coupon-code";

/**
 * Orders this much older than one that was just confirmed were not placed at the same time: their customer is no new one.
 * Which of several within it is the first, the unique keys on the customer decide.
 */
const RACE = HOUR;

/** Whether `orders o` has lasted and is its customer's first. */
export const EARNS_GIFT = Prisma.sql`o.status IN ('confirmed', 'shipped', 'delivered') AND NOT EXISTS (
  SELECT 1 FROM orders e WHERE (e.email = o.email OR e.user_id = o.user_id)
    AND e.status IN ('confirmed', 'shipped', 'delivered') AND e.created_at < o.created_at - ${RACE} * interval '1 millisecond')`;

/**
 * Gives a coupon for each of these orders that is its customer's first, once for an address and once for an account,
 * however many orders race for it. An order that has not lasted earns none. Returns the codes, the same when called again.
 */
export async function giveGifts(orderIds: string[]): Promise<string[]> {
  const { GIFT_PERCENT, GIFT_DAYS } = giftEnv();
  if (GIFT_PERCENT === 0) return [];
  const at = now();
  const gifts = orderIds.map((order_id) => ({ order_id, code: newCouponCode("GIFT") }));
  return transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO coupons (code, kind, percent, email, expires_at, gift_email, gift_user_id, gift_order_id, created_at)
      SELECT g.code, 'percent', ${GIFT_PERCENT}, o.email, ${after(GIFT_DAYS * DAY, at)}, o.email, o.user_id, o.id, ${at}
      FROM jsonb_to_recordset(${JSON.stringify(gifts)}::jsonb) AS g(order_id text, code text)
      JOIN orders o ON o.id = g.order_id WHERE ${EARNS_GIFT}
      ORDER BY o.created_at, o.id
      ON CONFLICT DO NOTHING`;
    const given = await tx.$queryRaw<{ code: string }[]>`
      SELECT code FROM coupons WHERE gift_order_id = ANY(${orderIds}) ORDER BY created_at, code`;
    return given.map(({ code }) => code);
  });
}
