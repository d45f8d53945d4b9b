import { ago, DAY, now } from "../clock";
import { Prisma } from "../db";
import { refusedCondition } from "../email/consent";
import { EVENTS } from "../events";
import { recordHeartbeat } from "../heartbeats";
import { batchSendEvents } from "../inngest";
import { withOutbox } from "../outbox";

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
