import { after, DAY, HOUR, now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { composeEmail } from "../email/compose-email";
import { ownerName } from "../email/customer-text";
import { day, Paragraph, Quote } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmailBatch } from "../email/send-email";
import { appEnv, giftEnv } from "../env";
import { newCouponCode } from "./redeem-coupon";

/**
 * Orders within this time count as concurrent. For them, the unique keys on the customer decide which order is the first. An order
 * that was placed earlier than that excludes a gift.
 */
const CONCURRENT_ORDERS_MS = HOUR;

/** The SQL condition that `orders o` is confirmed (or later) and is the first order of its customer. */
export const EARNS_GIFT = Prisma.sql`o.status IN ('confirmed', 'shipped', 'delivered') AND NOT EXISTS (
  SELECT 1 FROM orders e WHERE (email_key(e.email) = email_key(o.email) OR e.user_id = o.user_id)
    AND e.status IN ('confirmed', 'shipped', 'delivered') AND e.created_at < o.created_at - ${CONCURRENT_ORDERS_MS} * interval '1 millisecond')`;

/**
 * Creates a gift coupon for each of these orders that is its customer's first, once for a mailbox and once for an account. A
 * cancelled or refunded order gets no coupon. Returns the codes, which are the same on a second call.
 */
export async function giveGifts(orderIds: string[]): Promise<string[]> {
  const { GIFT_PERCENT, GIFT_DAYS } = giftEnv();
  if (GIFT_PERCENT === 0) return [];
  const at = now();
  const gifts = orderIds.map((order_id) => ({ order_id, code: newCouponCode("GIFT") }));
  return transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO coupons (code, kind, percent, email, expires_at, gift_email, gift_user_id, gift_order_id, created_at)
      SELECT g.code, 'percent', ${GIFT_PERCENT}, o.email, ${after(GIFT_DAYS * DAY, at)}, email_key(o.email), o.user_id, o.id, ${at}
      FROM jsonb_to_recordset(${JSON.stringify(gifts)}::jsonb) AS g(order_id text, code text)
      JOIN orders o ON o.id = g.order_id WHERE ${EARNS_GIFT}
      ORDER BY o.created_at, o.id
      ON CONFLICT DO NOTHING`;
    const given = await tx.coupon.findMany({
      where: { giftOrderId: { in: orderIds } },
      orderBy: [{ createdAt: "asc" }, { code: "asc" }],
      select: { code: true },
    });
    return given.map(({ code }) => code);
  });
}

/** Queues an email for each gift, unless the customer refuses offers. Returns the number of gifts. */
export async function sendGiftEmails(codes: string[]): Promise<number> {
  const gifts = await db().coupon.findMany({
    where: { code: { in: codes }, giftOrder: { isNot: null } },
    orderBy: { code: "asc" },
    include: { giftOrder: { select: { user: { select: { name: true, email: true, emailVerified: true } } } } },
  });
  const shopUrl = appEnv().APP_URL;
  await queueEmailBatch(
    gifts.flatMap(({ code, percent, expiresAt, email: to, giftOrder }) => {
      if (percent === null || expiresAt === null || to === null) return [];
      const gift = { name: ownerName(to, giftOrder?.user ?? null), code, percent, expiresAt, shopUrl };
      return {
        email: { kind: "gift_coupon", entityId: code, to },
        compose: (links) => giftEmail({ ...gift, ...links }),
      };
    }),
  );
  return gifts.length;
}

export interface Gift {
  name: string | null;
  code: string;
  percent: number;
  expiresAt: Date;
  shopUrl: string;
  unsubscribe?: string;
}

/** The email with the gift coupon for a first order. */
export function giftEmail({ code, percent, expiresAt, shopUrl, ...reader }: Gift): Composed {
  return composeEmail(
    {
      subject: `${percent}% off your next order`,
      title: `Thank you for your first order: ${percent}% off the next one`,
      preview: `Your code is ${code}, good until ${day(expiresAt)}.`,
      reason: "You get this email because you have ordered from us for the first time.",
      ...{ ...reader, action: "Go to the shop", href: shopUrl },
    },
    <Paragraph>
      It is good to have you. Enter this code at checkout, with this email address, and we take {percent}% off. It is
      good for one order, until {day(expiresAt)}.
    </Paragraph>,
    <Quote>
      <strong style={{ fontSize: 20, letterSpacing: 1 }}>{code}</strong>
    </Quote>,
  );
}
