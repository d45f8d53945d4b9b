import { ago, DAY, now } from "../clock";
import { db } from "../db";
import { isRefused } from "../email/consent";
import { greetingName } from "../email/customer-text";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { collectNews } from "./collect-news";
import { digestEmail } from "./digest-email";

export type DigestOutcome =
  | { outcome: "sent"; emailId: string; items: number }
  | { outcome: "no_news" | "account_deleted" | "suppressed" };

/** A user's first digest covers this time, or the time since they registered if that is shorter. */
const FIRST_DIGEST_PERIOD_MS = 7 * DAY;

/**
 * Sends a user the digest of a day, once: the news since the last digest. Without news there is no email. `suppressed`: the
 * user has unsubscribed, or the address does not accept email.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendDigest(userId: string, date: string): Promise<DigestOutcome> {
  const digest = await openDigest(userId, date);
  if (!digest) return { outcome: "account_deleted" };
  const { user, fromAt, untilAt } = digest;
  if (await isRefused(user.email, "digest")) return { outcome: "suppressed" };
  const news = await collectNews({ id: userId, email: user.email }, fromAt, untilAt);
  if (news.length === 0) return { outcome: "no_news" };
  const accountUrl = `${appEnv().APP_URL}/account`;
  const emailId = await sendEmail(
    { kind: "digest", entityId: `${userId}:${date}`, to: user.email },
    ({ unsubscribe }) => digestEmail({ name: greetingName(user.name), news, accountUrl, unsubscribe }),
  );
  return { outcome: "sent", emailId, items: news.length };
}

/** Saves the period of a day's digest once. A retry covers the same period, so no news is missing or sent twice. */
async function openDigest(userId: string, date: string) {
  const at = now();
  const user = await db().user.findUnique({
    where: { id: userId },
    select: { createdAt: true, digests: { select: { untilAt: true }, orderBy: { untilAt: "desc" }, take: 1 } },
  });
  if (!user) return null;
  const first = new Date(Math.max(user.createdAt.getTime(), ago(FIRST_DIGEST_PERIOD_MS, at).getTime()));
  const key = { userId, date: new Date(date) };
  await db().digest.createMany({
    data: { ...key, fromAt: user.digests[0]?.untilAt ?? first, untilAt: at },
    skipDuplicates: true,
  });
  return db().digest.findUnique({
    where: { userId_date: key },
    select: { fromAt: true, untilAt: true, user: { select: { email: true, name: true } } },
  });
}
