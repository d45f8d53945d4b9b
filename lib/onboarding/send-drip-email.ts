import { db, Prisma } from "../db";
import { callName } from "../email/call-name";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { refused } from "../email/consent";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { chooseSubject, recordExposure } from "../experiments/record-exposure";
import { DRIP_EMAILS } from "./drip-emails";
import { type DripKind, decideDrip } from "./drip-policy";
import { progressOf } from "./progress";

/** What became of an email; after `gone` and `refused` there are no further ones. */
export type DripOutcome =
  | { outcome: "sent"; emailId: string }
  | { outcome: "skipped"; because: string }
  | { outcome: "gone" | "refused" };

/**
 * Sends an email of the drip, once, if at this moment there is still a user, who has not refused it and has not done what it
 * asks for. An email that was written down and could not be sent until then is taken back.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendDripEmail(userId: string, kind: DripKind): Promise<DripOutcome> {
  const emailKind = `drip_${kind}` as const;
  const reader = await readReader(userId);
  const progress = await progressOf(userId);
  const decision = decideDrip(kind, progress);
  if (!reader || !decision.send) await db().$executeRaw(queuedEmailCancellation(emailKind, userId));
  if (!reader) return { outcome: "gone" };
  if (reader.refused) return { outcome: "refused" };
  if (!decision.send) return { outcome: "skipped", because: decision.because };

  const { APP_URL } = appEnv();
  const name = callName(reader.name);
  const { subject, exposure } = await chooseSubject(emailKind, { id: userId, name }, DRIP_EMAILS[kind].subject);
  const emailId = await sendEmail({ kind: emailKind, entityId: userId, to: reader.email }, ({ unsubscribe }) => ({
    subject,
    body: DRIP_EMAILS[kind].body({
      name,
      progress,
      activity: decision.activity,
      shopUrl: APP_URL,
      accountUrl: `${APP_URL}/account`,
      unsubscribe,
    }),
  }));
  await recordExposure(exposure, emailId);
  return { outcome: "sent", emailId };
}

async function readReader(userId: string): Promise<{ email: string; name: string; refused: boolean } | undefined> {
  const [reader] = await db().$queryRaw<{ email: string; name: string; refused: boolean }[]>`
    SELECT email, name, ${refused(Prisma.sql`email`, Prisma.sql`'product_news'::email_category`)} AS refused
    FROM users WHERE id = ${userId}`;
  return reader;
}
