import { after, ago, MINUTE, now, SECOND } from "./clock";
import { db, Prisma, type Tx, transaction } from "./db";
import { messageOf } from "./errors";
import type { OutgoingEvent } from "./events";
import { addManualTask } from "./manual-queue";
import { MAX_CHUNK_EVENTS, sendEvents } from "./outbox-send";
import type { Sweep } from "./sweep";

/** The lease of a sweep on the events that it claimed. */
const SWEEP_LEASE_MS = 60 * SECOND;
/** An event is quarantined if it is refused for this time while others are accepted. A fault of the event API is shorter. */
const MIN_REFUSED_MS = MINUTE;

/** Committed events that are not sent, because the process died after the commit or the event API was down. */
export const unsentEvents: Sweep = {
  name: "unsent-events",
  description: "Sends outbox events that the committing process did not send.",
  intervalMs: MINUTE,
  limit: MAX_CHUNK_EVENTS,
  drain: true,
  find: (at) => Prisma.sql`
    SELECT id FROM outbox WHERE sent_at IS NULL AND quarantined_at IS NULL AND not_before <= ${at} ORDER BY not_before`,
  repairAll: sendUnsent,
};

/**
 * Sends events, each leased to one sweeper. Failures are deferred with growing backoff. An event that Inngest refuses
 * moves to the manual queue if other events are still accepted a minute later. Returns how many were sent.
 */
async function sendUnsent(ids: string[]): Promise<number> {
  const at = now();
  const events = await db().$queryRaw<OutgoingEvent[]>`
    UPDATE outbox SET not_before = ${after(SWEEP_LEASE_MS, at)}, attempts = attempts + 1
    WHERE id IN (SELECT id FROM outbox WHERE id = ANY(${ids}) AND sent_at IS NULL AND not_before <= ${at} FOR UPDATE SKIP LOCKED)
    RETURNING id, name, data`;
  const refused = new Map<string, string>();
  const outage = await sendEvents(events, refused).then(() => undefined, messageOf);
  const others = events.filter(({ id }) => !refused.has(id));
  const deferred = outage === undefined ? 0 : await defer(others, outage);
  if (refused.size > 0) await quarantine(refused);
  return others.length - deferred;
}

const nextAttemptAt = (at: Date) =>
  Prisma.sql`${at}::timestamptz + least(power(2, least(attempts, 10)), 600) * interval '1 second'`;

/** Defers the events that were not sent, with growing backoff. Returns how many. */
async function defer(events: OutgoingEvent[], cause: string): Promise<number> {
  return db().$executeRaw`
    UPDATE outbox SET last_error = ${cause}, not_before = ${nextAttemptAt(now())}
    WHERE id = ANY(${events.map(({ id }) => id)}) AND sent_at IS NULL`;
}

/** Moves an event to the manual queue if it is refused while others are accepted. */
async function quarantine(refused: Map<string, string>): Promise<void> {
  const at = now();
  const causes = [...refused].map(([id, cause]) => ({ id, cause }));
  await transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; name: string; cause: string; quarantined: boolean }[]>`
      UPDATE outbox o SET last_error = r.cause, refused_at = coalesce(refused_at, ${at}), not_before = ${nextAttemptAt(at)},
        quarantined_at = CASE WHEN refused_at < ${ago(MIN_REFUSED_MS, at)} AND EXISTS (SELECT 1 FROM outbox s WHERE s.sent_at > o.refused_at) THEN ${at}::timestamptz END
      FROM jsonb_to_recordset(${JSON.stringify(causes)}::jsonb) AS r(id text, cause text)
      WHERE o.id = r.id AND o.sent_at IS NULL RETURNING o.id, o.name, r.cause, o.quarantined_at IS NOT NULL AS quarantined`;
    for (const { id, name, cause } of rows.filter(({ quarantined }) => quarantined))
      await addManualTask(tx, "event", id, { code: "event_refused", message: `${name} (${id}): ${cause}` });
  });
}

/** Applies an operator's decision on a quarantined event. `resume` sends it with the next sweep, `dismiss` deletes it. */
export async function releaseEvent(tx: Tx, action: "resume" | "dismiss", id: string): Promise<void> {
  const where = { id, sentAt: null };
  const data = { quarantinedAt: null, refusedAt: null, attempts: 0, notBefore: now() };
  if (action === "dismiss") await tx.outboxEvent.deleteMany({ where });
  else await tx.outboxEvent.updateMany({ where, data });
}
