import { ago, DAY, now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { refused } from "../email/consent";
import { EVENTS, type OutgoingEvent } from "../events";
import { heartbeatUpsert } from "../heartbeats";
import { announce, enqueue } from "../outbox";

/** A digest goes to whoever was here within so many days. */
const ACTIVE_DAYS = 7;

/** Users in one step: their events make a request of some 100 KB. */
const PAGE = 500;

/** Opens the digests of a day: which day it is, for all that follows, and the heartbeat of the schedule. */
export async function startDigests(runId: string): Promise<{ date: string; cursor: string }> {
  const at = now();
  await db().$executeRaw(heartbeatUpsert("daily-digest", runId, at));
  return { date: at.toISOString().slice(0, 10), cursor: "" };
}

/**
 * Sets the digests of the next page of users going, those after `cursor` in the order of their ids: active lately, and
 * not averse to the digest. Doing it again sets none going twice. Returns the next cursor; null after the last page.
 */
export async function planDigests(date: string, cursor: string): Promise<{ planned: number; cursor: string | null }> {
  const { events, last } = await transaction(async (tx) => {
    const users = await tx.$queryRaw<{ id: string; refused: boolean }[]>`
      SELECT u.id, ${refused(Prisma.sql`u.email`, Prisma.sql`'digest'::email_category`)} AS refused
      FROM user_activity a JOIN users u ON u.id = a.user_id
      WHERE a.last_at >= ${ago(ACTIVE_DAYS * DAY)} AND a.user_id > ${cursor} ORDER BY a.user_id LIMIT ${PAGE}`;
    const events = users.flatMap(({ id, refused }) => (refused ? [] : [digestEvent(id, date)]));
    await enqueue(tx, events);
    return { events, last: users.length < PAGE ? null : (users.at(-1)?.id ?? null) };
  });
  await announce(events);
  return { planned: events.length, cursor: last };
}

const digestEvent = (userId: string, date: string): OutgoingEvent => ({
  name: EVENTS.EMAIL_SEND_DIGEST,
  id: `send-digest:${date}:${userId}`,
  data: { userId, date },
});

/** Has a new run go on after `cursor`. */
export async function continueDigests(date: string, cursor: string): Promise<void> {
  const event: OutgoingEvent = {
    name: EVENTS.EMAIL_DIGEST_CONTINUED,
    id: `digest-continued:${date}:${cursor}`,
    data: { date, cursor },
  };
  await transaction((tx) => enqueue(tx, [event]));
  await announce([event]);
}
