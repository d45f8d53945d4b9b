import { ago, DAY, now } from "../clock";
import { db, Prisma } from "../db";
import { callName } from "../email/call-name";
import { refused } from "../email/consent";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { collectNews } from "./collect-news";
import { digestEmail } from "./digest-email";

export type DigestOutcome =
  | { outcome: "sent"; emailId: string; items: number }
  | { outcome: "nothing_to_say" | "gone" | "refused" };

/** Whoever never had a digest is told of so many days, as far as they have been with us. */
const FIRST_DAYS = 7;

interface Reader {
  email: string;
  name: string;
  refused: boolean;
  fromAt: Date;
  untilAt: Date;
}

/**
 * Sends a user the digest of a day, once: what happened since the last one, whether or not that had anything to say. When
 * nothing did, there is no email.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendDigest(userId: string, date: string): Promise<DigestOutcome> {
  const reader = await openDigest(userId, date);
  if (!reader) return { outcome: "gone" };
  if (reader.refused) return { outcome: "refused" };
  const news = await collectNews({ id: userId, email: reader.email }, reader.fromAt, reader.untilAt);
  if (news.length === 0) return { outcome: "nothing_to_say" };
  const emailId = await sendEmail(
    { kind: "digest", entityId: `${userId}:${date}`, to: reader.email },
    ({ unsubscribe }) =>
      digestEmail({ name: callName(reader.name), news, accountUrl: `${appEnv().APP_URL}/account`, unsubscribe }),
  );
  return { outcome: "sent", emailId, items: news.length };
}

/** Settles, once, which time the digest of a day covers: a second try tells the same, and nothing is told twice or never. */
async function openDigest(userId: string, date: string): Promise<Reader | undefined> {
  const at = now();
  await db().$executeRaw`
    INSERT INTO digests (user_id, date, from_at, until_at)
    SELECT u.id, ${date}::date, coalesce(
        (SELECT max(d.until_at) FROM digests d WHERE d.user_id = u.id),
        greatest(u.created_at, ${ago(FIRST_DAYS * DAY, at)}::timestamptz)), ${at}::timestamptz
    FROM users u WHERE u.id = ${userId} ON CONFLICT DO NOTHING`;
  const [reader] = await db().$queryRaw<Reader[]>`
    SELECT u.email, u.name, d.from_at AS "fromAt", d.until_at AS "untilAt",
      ${refused(Prisma.sql`u.email`, Prisma.sql`'digest'::email_category`)} AS refused
    FROM users u JOIN digests d ON d.user_id = u.id AND d.date = ${date}::date WHERE u.id = ${userId}`;
  return reader;
}
