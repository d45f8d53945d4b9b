import { db, Prisma } from "../db";
import { callName } from "../email/call-name";
import { refused } from "../email/consent";
import { sendMail } from "../email/send-mail";
import { mailsSuppression } from "../email/suppress-mails";
import { appEnv } from "../env";
import { chooseSubject, recordExposure } from "../experiments/expose";
import { DRIP_MAILS } from "./drip-mails";
import { type DripKind, decideDrip } from "./drip-policy";
import { progressOf } from "./progress";

/** What became of a mail; after `gone` and `refused` there are no further ones. */
export type DripOutcome =
  | { outcome: "sent"; mailId: string }
  | { outcome: "skipped"; because: string }
  | { outcome: "gone" | "refused" };

/**
 * Sends a mail of the drip, once, if at this moment there is still a user, who has not refused it and has not done what it
 * asks for. A mail that was written down and could not be sent until then is taken back.
 * @throws AppError `mail_unavailable`, with `retry`
 */
export async function sendDripMail(userId: string, kind: DripKind): Promise<DripOutcome> {
  const mailKind = `drip_${kind}` as const;
  const reader = await readReader(userId);
  const progress = await progressOf(userId);
  const decision = decideDrip(kind, progress);
  if (!reader || !decision.send) await db().$executeRaw(mailsSuppression(mailKind, userId));
  if (!reader) return { outcome: "gone" };
  if (reader.refused) return { outcome: "refused" };
  if (!decision.send) return { outcome: "skipped", because: decision.because };

  const { APP_URL } = appEnv();
  const name = callName(reader.name);
  const { subject, exposure } = await chooseSubject(mailKind, { id: userId, name }, DRIP_MAILS[kind].subject);
  const mailId = await sendMail({ kind: mailKind, entityId: userId, to: reader.email }, ({ unsubscribe }) => ({
    subject,
    body: DRIP_MAILS[kind].body({
      name,
      progress,
      activity: decision.activity,
      shopUrl: APP_URL,
      accountUrl: `${APP_URL}/account`,
      unsubscribe,
    }),
  }));
  await recordExposure(exposure, mailId);
  return { outcome: "sent", mailId };
}

async function readReader(userId: string): Promise<{ email: string; name: string; refused: boolean } | undefined> {
  const [reader] = await db().$queryRaw<{ email: string; name: string; refused: boolean }[]>`
    SELECT email, name, ${refused(Prisma.sql`email`, Prisma.sql`'product_news'::mail_category`)} AS refused
    FROM users WHERE id = ${userId}`;
  return reader;
}
