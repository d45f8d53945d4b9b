import { after, ago, MINUTE, now, SECOND } from "../clock";
import { db, Prisma, type Tx, transaction } from "../db";
import { messageOf } from "../errors";
import type { OutgoingEvent } from "../events";
import { addManualTask } from "../manual-queue";
import { CHUNK_EVENTS, chunks, send } from "../outbox";

/** Long enough for whatever ails the event API to pass for other events. */
const PATIENCE = MINUTE;
/** Requests that one sweep spends on finding out which events are refused: some twenty for each among a thousand. */
const REFUSALS = 40;

export interface Swept {
  sent: number;
  /** Put off, because the event API could not be reached. */
  failed: number;
  /** Refused by it, each by itself. */
  refused: number;
}

/**
 * Sends what was committed but not sent, oldest first, at most `limit` events. Several may sweep at once: a row is leased
 * to one of them. Failures are put off with growing pauses. One event that Inngest refuses holds back no other: the request
 * is halved until it stands alone, and when others still go through a minute later, it waits in the manual queue.
 */
export async function sweepOutbox(limit = CHUNK_EVENTS): Promise<Swept> {
  const at = now();
  const rows = await db().$queryRaw<OutgoingEvent[]>`
    UPDATE outbox SET not_before = ${after(60 * SECOND, at)}, attempts = attempts + 1
    WHERE id IN (SELECT id FROM outbox WHERE sent_at IS NULL AND quarantined_at IS NULL AND not_before <= ${at}
                 ORDER BY not_before LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, name, data`;
  const refused = new Map<string, string>();
  const outage = await sendApart(rows, refused).then(
    () => undefined,
    (error) => messageOf(error),
  );
  const rest = rows.filter(({ id }) => !refused.has(id));
  const failed = outage === undefined ? 0 : await deferSend(rest, outage);
  if (refused.size > 0) await quarantine(refused);
  return { sent: rest.length - failed, failed, refused: refused.size };
}

/** Fills `refused` with the events that are refused by themselves, and why. @throws what is no refusal, or too many of them */
async function sendApart(
  events: OutgoingEvent[],
  refused: Map<string, string>,
  left = { count: REFUSALS },
): Promise<void> {
  for (const chunk of chunks(events)) {
    const error = await send(chunk).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (error === undefined) continue;
    if (!isRefusal(error) || left.count-- <= 0) throw error;
    const [first] = chunk;
    if (first && chunk.length === 1) refused.set(first.id, messageOf(error));
    else {
      const half = Math.ceil(chunk.length / 2);
      await sendApart(chunk.slice(0, half), refused, left);
      await sendApart(chunk.slice(half), refused, left);
    }
  }
}

/**
 * Whether the event API has said no to what it was given: a 4xx that is not about the key or the rate. It answers 400 for
 * troubles of its own too (server: pkg/api/api.go `ReceiveEvent`), so one refusal alone convicts no event.
 */
const isRefusal = (error: unknown): boolean => /^Inngest API Error: (400|406|409|412|413|422) /.test(messageOf(error));

const nextTry = (at: Date) =>
  Prisma.sql`${at}::timestamptz + least(power(2, least(attempts, 10)), 600) * interval '1 second'`;

/** Those of the events that were not sent wait with growing pauses. Returns how many. */
async function deferSend(events: OutgoingEvent[], cause: string): Promise<number> {
  return db().$executeRaw`
    UPDATE outbox SET last_error = ${cause}, not_before = ${nextTry(now())}
    WHERE id = ANY(${events.map(({ id }) => id)}) AND sent_at IS NULL`;
}

/** An event that is refused while others are taken is the one to blame: a person decides what becomes of it. */
async function quarantine(refused: Map<string, string>): Promise<void> {
  const at = now();
  const causes = [...refused].map(([id, cause]) => ({ id, cause }));
  await transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; name: string; cause: string; convicted: boolean }[]>`
      UPDATE outbox o SET last_error = r.cause, refused_at = coalesce(refused_at, ${at}), not_before = ${nextTry(at)},
        quarantined_at = CASE WHEN refused_at < ${ago(PATIENCE, at)} AND EXISTS (SELECT 1 FROM outbox s WHERE s.sent_at > o.refused_at) THEN ${at}::timestamptz END
      FROM jsonb_to_recordset(${JSON.stringify(causes)}::jsonb) AS r(id text, cause text)
      WHERE o.id = r.id AND o.sent_at IS NULL RETURNING o.id, o.name, r.cause, o.quarantined_at IS NOT NULL AS convicted`;
    for (const { id, name, cause } of rows.filter(({ convicted }) => convicted))
      await addManualTask(tx, "event", id, { code: "event_refused", message: `${name} (${id}): ${cause}` });
  });
}

/**
 * What a person has decided on an event in quarantine: to send it again, when what ailed it is put right, or to give it up.
 * Part of `tx`; the reconciler sends it with its next round.
 */
export async function releaseEvent(tx: Tx, action: "resume" | "dismiss", id: string): Promise<void> {
  if (action === "resume")
    await tx.$executeRaw`
      UPDATE outbox SET quarantined_at = NULL, refused_at = NULL, attempts = 0, not_before = ${now()} WHERE id = ${id} AND sent_at IS NULL`;
  else await tx.$executeRaw`DELETE FROM outbox WHERE id = ${id} AND sent_at IS NULL`;
}
