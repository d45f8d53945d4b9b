import { ago, DAY, MINUTE } from "../clock";
import { Prisma } from "../db";
import { giftEnv } from "../env";
import type { Sweep } from "../sweep";
import { EARNS_GIFT, giveGifts, sendGiftEmails } from "./give-gifts";

/** A batch waits for half a minute, and a run that is alive retries for longer than this only while the database is down. */
const GIFT_GRACE_MS = 30 * MINUTE;
/** Older orders get no gift any more: a lost run is noticed long before. */
const GIFT_HORIZON_MS = DAY;

const isRecent = (column: Prisma.Sql, at: Date) =>
  Prisma.sql`${column} BETWEEN ${ago(GIFT_HORIZON_MS, at)} AND ${ago(GIFT_GRACE_MS, at)}`;

export const missingGifts: Sweep = {
  name: "missing-gifts",
  description: "Creates the coupon of a first order, and emails it, where the run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT o.id FROM order_events e JOIN orders o ON o.id = e.order_id
    WHERE e.type = 'order_confirmed' AND ${isRecent(Prisma.sql`e.at`, at)} AND ${giftEnv().GIFT_PERCENT > 0} AND ${EARNS_GIFT}
      AND NOT EXISTS (SELECT 1 FROM coupons c WHERE c.gift_email = email_key(o.email) OR c.gift_user_id = o.user_id)
    ORDER BY e.at`,
  repairAll: async (orderIds) => sendGiftEmails(await giveGifts(orderIds)),
};

export const unsentGiftEmails: Sweep = {
  name: "unsent-gift-emails",
  description: "Emails coupons whose run was lost before it did.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT c.code AS id FROM coupons c WHERE c.gift_order_id IS NOT NULL AND ${isRecent(Prisma.sql`c.created_at`, at)}
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'gift_coupon' AND m.entity_id = c.code)`,
  repairAll: sendGiftEmails,
};
