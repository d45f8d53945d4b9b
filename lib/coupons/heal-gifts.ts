import { ago, DAY, MINUTE, now } from "../clock";
import { db } from "../db";
import { giftEnv } from "../env";
import { EARNS_GIFT, giveGifts, sendGiftEmails } from "./give-gifts";

/** A batch waits for half a minute, and a database that is down is back by then, or the run is still trying. */
const PATIENCE = 30 * MINUTE;
/** A run that was lost is noticed long before; and what an order of last week should have earned is no surprise any more. */
const HORIZON = DAY;

/**
 * Makes up for runs that were lost: gives first orders the coupon that they should have got by now, and emails every gift of
 * which no email was written. What a run did after all is found done. Returns how many emails that were.
 */
export async function healGifts(): Promise<number> {
  const [from, to] = [ago(HORIZON, now()), ago(PATIENCE, now())];
  const orders = await db().$queryRaw<{ id: string }[]>`
    SELECT o.id FROM order_events e JOIN orders o ON o.id = e.order_id
    WHERE e.type = 'order_confirmed' AND e.at BETWEEN ${from} AND ${to} AND ${giftEnv().GIFT_PERCENT > 0} AND ${EARNS_GIFT}
      AND NOT EXISTS (SELECT 1 FROM coupons c WHERE c.gift_email = o.email OR c.gift_user_id = o.user_id)
    ORDER BY e.at LIMIT 500`;
  await giveGifts(orders.map(({ id }) => id));
  const unsent = await db().$queryRaw<{ code: string }[]>`
    SELECT c.code FROM coupons c WHERE c.gift_order_id IS NOT NULL AND c.created_at >= ${from}
      AND (c.created_at <= ${to} OR c.gift_order_id = ANY(${orders.map(({ id }) => id)}))
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'gift_coupon' AND m.entity_id = c.code)
    LIMIT 500`;
  return sendGiftEmails(unsent.map(({ code }) => code));
}
