import { ago, DAY, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { isRefused, refusedCondition } from "../email/consent";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import { EVENTS } from "../events";
import { recordHeartbeat } from "../heartbeats";
import { batchSendEvents } from "../inngest";
import { formatMoney } from "../money";
import { withOutbox } from "../outbox";
import { digestEmail, type NewsItem } from "./digest-email";

/** A digest goes to users who were active within this time. */
const ACTIVE_WITHIN_MS = 7 * DAY;

/** The events of one page make a request of about 100 KB. */
const PAGE_SIZE = 500;

/** Records the heartbeat of the schedule, and returns the date of the digests with the first cursor. */
export async function startDigests(runId: string): Promise<{ date: string; cursor: string }> {
  const at = now();
  await recordHeartbeat("daily-digest", runId);
  return { date: at.toISOString().slice(0, 10), cursor: "" };
}

/**
 * Triggers the digests of the next page of active users who have not refused the digest, in the order of their ids. Repeating
 * it triggers none twice. Returns the next cursor, null after the last page.
 */
export async function planDigests(date: string, cursor: string): Promise<{ planned: number; cursor: string | null }> {
  return withOutbox(async (tx, publish) => {
    const users = await tx.$queryRaw<{ id: string; refused: boolean }[]>`
      SELECT u.id, ${refusedCondition(Prisma.sql`u.email`, Prisma.sql`'digest'::email_category`)} AS refused
      FROM user_activity a JOIN users u ON u.id = a.user_id
      WHERE a.last_at >= ${ago(ACTIVE_WITHIN_MS)} AND a.user_id > ${cursor} ORDER BY a.user_id LIMIT ${PAGE_SIZE}`;
    const readers = users.filter(({ refused }) => !refused);
    for (const { id: userId } of readers)
      publish({ name: EVENTS.EMAIL_SEND_DIGEST, id: `send-digest:${date}:${userId}`, data: { userId, date } });
    return { planned: readers.length, cursor: users.length < PAGE_SIZE ? null : (users.at(-1)?.id ?? null) };
  });
}

/** Triggers a run that continues after `cursor`. */
export const continueDigests = (date: string, cursor: string): Promise<void> =>
  batchSendEvents([
    { name: EVENTS.EMAIL_DIGEST_CONTINUED, id: `digest-continued:${date}:${cursor}`, data: { date, cursor } },
  ]);

type DigestOutcome =
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
  const news = [
    ...(await orderNews({ id: userId, email: user.email }, fromAt, untilAt)),
    ...(await expenseNews(userId, fromAt, untilAt)),
  ].slice(0, MAX_ITEMS);
  if (news.length === 0) return { outcome: "no_news" };
  const accountUrl = `${appEnv().APP_URL}/account`;
  const emailId = await sendEmail(
    { kind: "digest", entityId: entityId(userId, date), to: user.email },
    ({ unsubscribe }) => digestEmail({ name: user.name, news, accountUrl, unsubscribe }),
  );
  return { outcome: "sent", emailId, items: news.length };
}

/** Returns the `entityId` of the email of a digest. */
const entityId = (userId: string, date: string) => `${userId}:${date}`;

/** By then a change has committed, and no clock of another process is so far behind. Younger news is for the next digest. */
const SETTLED_MS = MINUTE;

/**
 * Saves the period of a day's digest once. A retry covers the same period, so no news is missing or sent twice. The period starts
 * where the last one with an email ended. The periods since then had no news, or their run was lost before it saved the email.
 */
async function openDigest(userId: string, date: string) {
  const at = now();
  const user = await db().user.findUnique({
    where: { id: userId },
    select: {
      createdAt: true,
      digests: { select: { date: true, fromAt: true, untilAt: true }, orderBy: { date: "desc" } },
    },
  });
  if (!user) return null;
  const { digests } = user;
  const entityOf = (digest: { date: Date }) => entityId(userId, digest.date.toISOString().slice(0, 10));
  const emails = await db().email.findMany({
    where: { kind: "digest", entityId: { in: digests.map(entityOf) } },
    select: { entityId: true },
  });
  const emailed = new Set(emails.map((email) => email.entityId));
  const last = digests.find((digest) => emailed.has(entityOf(digest)));
  const first = new Date(Math.max(user.createdAt.getTime(), ago(FIRST_DIGEST_PERIOD_MS, at).getTime()));
  const key = { userId, date: new Date(date) };
  const fromAt = last?.untilAt ?? digests.at(-1)?.fromAt ?? first;
  const untilAt = new Date(Math.max(fromAt.getTime(), ago(SETTLED_MS, at).getTime()));
  await db().digest.createMany({
    data: { ...key, fromAt, untilAt },
    skipDuplicates: true,
  });
  return db().digest.findUnique({
    where: { userId_date: key },
    select: { fromAt: true, untilAt: true, user: { select: { email: true, name: true } } },
  });
}

/** A longer email would not be read. The account page shows everything. */
const MAX_ITEMS = 20;

/** The sentence for each timeline event that a digest reports. */
const ORDER_NEWS: Record<string, string> = {
  order_confirmed: "It is confirmed, and everything is reserved for you.",
  order_partly_shipped: "A first part is on its way.",
  order_shipped: "It is on its way.",
  order_delivered: "It has arrived.",
  order_cancelled: "It is cancelled.",
  order_failed: "It could not be completed, and you keep your money.",
  refund_succeeded: "We have sent money back to you.",
};

const EXPENSE_NEWS: Record<string, string> = {
  approved: "It is approved.",
  rejected: "It is rejected.",
  paid: "It is approved, and the money is on its way.",
  payment_failed: "It is approved, but the money could not be paid out yet.",
};

/** Returns the news of a user's orders from `from` until before `until`. */
async function orderNews(user: { id: string; email: string }, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().$queryRaw<{ id: string; number: number; token: string; types: string[] }[]>`
    SELECT o.id, o.number, o.token, array_agg(e.type ORDER BY e.id) AS types
    FROM orders o JOIN order_events e ON e.order_id = o.id
    WHERE (o.user_id = ${user.id} OR o.email = ${user.email}) AND e.type = ANY(${Object.keys(ORDER_NEWS)})
      AND e.at >= ${from} AND e.at < ${until}
    GROUP BY o.id ORDER BY max(e.id) DESC LIMIT ${MAX_ITEMS}`;
  return rows.map(({ id, number, token, types }) => ({
    title: `Order ${number}`,
    happened: [...new Set(types)].flatMap((type) => ORDER_NEWS[type] ?? []),
    url: `${appEnv().APP_URL}/orders/${id}?token=${token}`,
  }));
}

async function expenseNews(userId: string, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().expense.findMany({
    where: { submitterId: userId, decidedAt: { gte: from, lt: until } },
    select: { description: true, amount: true, currency: true, status: true },
    orderBy: { decidedAt: "desc" },
    take: MAX_ITEMS,
  });
  return rows.map(({ description, amount, currency, status }) => ({
    title: `${description}, ${formatMoney({ amount, currency })}`,
    happened: [EXPENSE_NEWS[status] ?? "It is decided."],
    url: `${appEnv().APP_URL}/account`,
  }));
}
