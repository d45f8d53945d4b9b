import { db } from "../db";
import { giftMail } from "../email/gift-mail";
import { queueMails } from "../email/send-mail";
import { appEnv } from "../env";

interface Gift {
  code: string;
  percent: number;
  expiresAt: Date;
  email: string;
  name: string | null;
}

/** Mails each gift to whom it is for, unless they want no offers; then it waits for them in silence. Returns how many. */
export async function sendGiftMails(codes: string[]): Promise<number> {
  const gifts = await db().$queryRaw<Gift[]>`
    SELECT c.code, c.percent, c.expires_at AS "expiresAt", c.email, o.name
    FROM coupons c JOIN orders o ON o.id = c.gift_order_id WHERE c.code = ANY(${codes}) ORDER BY c.code`;
  await queueMails(
    gifts.map(({ code, email, ...gift }) => ({
      mail: { kind: "gift_coupon", entityId: code, to: email },
      compose: ({ unsubscribe }) => giftMail({ ...gift, code, shopUrl: appEnv().APP_URL, unsubscribe }),
    })),
  );
  return gifts.length;
}
