import { db } from "../db";
import { queueEmails } from "../email/send-email";
import { appEnv } from "../env";
import { giftEmail } from "./gift-email";

interface Gift {
  code: string;
  percent: number;
  expiresAt: Date;
  email: string;
  name: string | null;
}

/** Emails each gift to whom it is for, unless they want no offers; then it waits for them in silence. Returns how many. */
export async function sendGiftEmails(codes: string[]): Promise<number> {
  const gifts = await db().$queryRaw<Gift[]>`
    SELECT c.code, c.percent, c.expires_at AS "expiresAt", c.email, o.name
    FROM coupons c JOIN orders o ON o.id = c.gift_order_id WHERE c.code = ANY(${codes}) ORDER BY c.code`;
  await queueEmails(
    gifts.map(({ code, email, ...gift }) => ({
      email: { kind: "gift_coupon", entityId: code, to: email },
      compose: ({ unsubscribe }) => giftEmail({ ...gift, code, shopUrl: appEnv().APP_URL, unsubscribe }),
    })),
  );
  return gifts.length;
}
