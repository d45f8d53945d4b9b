import { Inngest } from "inngest";
import { apiFetch } from "./api-fetch";
import { after, ago, MINUTE, now, SECOND } from "./clock";
import { db, Prisma, type Tx, transaction } from "./db";
import { encryption } from "./encryption";
import { messageOf } from "./errors";
import { checkEvent, EVENTS, type OutgoingEvent } from "./events";
import { log } from "./log";
import { addManualTask } from "./manual-queue";
import { publishingChanges, recordChange, subjectOf } from "./realtime";
import type { Sweep } from "./sweep";

/**
 * The transactional outbox: an event is a row that commits together with the change it is about, and is sent after the
 * commit. A crash in between loses nothing, because a sweep sends the events that were not sent. A rollback sends nothing.
 */

/** The lease of the committing process on its events. After it the sweep may send them. */
const SENDER_LEASE_MS = 10 * SECOND;
/** The longest time that a request waits for the event API. */
const MAX_SEND_WAIT_MS = SECOND;
/** After an outage of the event API, this process leaves all events to the sweep for this time. A refused event is no outage. */
const SEND_PAUSE_MS = 5 * SECOND;
/** Events that no customer waits for. Those of one process go out together, in at most one request in `TOGETHER_MS`. */
const DEFERRABLE_EVENTS = new Set<string>([EVENTS.ORDER_CONFIRMED, EVENTS.EMAIL_SENT]);
const TOGETHER_MS = 100;
/** So many events at once, such as those of a broadcast's chunk, do not wait for others. */
const ENOUGH_EVENTS = 50;
/** Inngest accepts 5,000 events in a request (pkg/consts). The limit in bytes is reached earlier. */
const MAX_CHUNK_EVENTS = 1_000;
const MAX_CHUNK_BYTES = 1_000_000;
/** The largest event, a limit of our own. */
const MAX_EVENT_BYTES = 64 * 1024;

let sender: Inngest | undefined;
let pausedUntil = 0;

/** Publishes events within the transaction of `withOutbox`. */
export interface Publish {
  /** Inserts the events into the outbox before the commit, all in one statement. */
  (...events: OutgoingEvent[]): void;
  /** Returns the INSERT as a CTE of a larger statement, which saves a statement. Without events it is `SELECT 1`. */
  insert(events: OutgoingEvent[], at?: Date): Prisma.Sql;
  /** Sends nothing after the commit: the rows that `insert` made are known duplicates. */
  discard(): void;
}

/**
 * Runs `work` in a transaction and sends what it published after the commit. The transaction is retried after a deadlock, as
 * `transaction` does, with a fresh list of events. Sending never throws and takes about a second at most; the sweep sends the rest.
 *
 * `singleStatement`: `work` runs one statement, which is atomic by itself, so there is no BEGIN and COMMIT.
 */
export async function withOutbox<T>(
  work: (tx: Tx, publish: Publish) => Promise<T>,
  { singleStatement = false }: { singleStatement?: boolean } = {},
): Promise<T> {
  let published: OutgoingEvent[] = [];
  const attempt = async (tx: Tx): Promise<T> => {
    const pending: OutgoingEvent[] = [];
    const inserted: OutgoingEvent[] = [];
    const publish: Publish = Object.assign((...events: OutgoingEvent[]) => void pending.push(...events), {
      insert(events: OutgoingEvent[], at?: Date) {
        inserted.push(...events);
        return outboxInsert(events, at);
      },
      discard: () => void inserted.splice(0),
    });
    const result = await work(tx, publish);
    for (const chunk of toChunks(pending)) await tx.$executeRaw(outboxInsert(chunk));
    published = [...inserted, ...pending];
    for (const { name, data } of published) {
      const subject = subjectOf(data);
      if (subject) recordChange(subject, name);
    }
    return result;
  };
  const result = await publishingChanges(() => (singleStatement ? attempt(db()) : transaction(attempt)));
  await (published.every(({ name }) => DEFERRABLE_EVENTS.has(name))
    ? sendTogether(published)
    : sendPublished(published));
  return result;
}

/** Returns the INSERT of events, for a transaction that is not ours. The sweep sends them unless the caller does. */
export function outboxInsert(events: OutgoingEvent[], at = now()): Prisma.Sql {
  if (events.length === 0) return Prisma.sql`SELECT 1`;
  for (const event of events) {
    checkEvent(event);
    const bytes = Buffer.byteLength(JSON.stringify(event.data));
    if (bytes > MAX_EVENT_BYTES)
      throw new Error(
        `Event "${event.name}" (${event.id}) has ${bytes} bytes of data; ${MAX_EVENT_BYTES} are allowed.`,
      );
  }
  return Prisma.sql`INSERT INTO outbox (id, name, data, created_at, not_before)
    SELECT e.id, e.name, e.data, ${at}::timestamptz, ${after(SENDER_LEASE_MS, at)}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS e(id text, name text, data jsonb)
    ON CONFLICT (id) DO NOTHING`;
}

let nextBatch: { events: OutgoingEvent[]; sent: Promise<void> } | undefined;
/** When the last batch went out (`performance.now()`). */
let lastBatchAt = Number.NEGATIVE_INFINITY;

/** As `sendPublished`. The first events go out at once, those that follow too soon together with others. */
async function sendTogether(events: OutgoingEvent[]): Promise<void> {
  if (events.length === 0) return;
  if (events.length >= ENOUGH_EVENTS) return sendPublished(events);
  const wait = lastBatchAt + TOGETHER_MS - performance.now();
  if (!nextBatch && wait <= 0) {
    lastBatchAt = performance.now();
    return sendPublished(events);
  }
  nextBatch ??= { events: [], sent: new Promise((resolve) => setTimeout(resolve, wait)).then(sendBatch) };
  nextBatch.events.push(...events);
  return nextBatch.sent;
}

function sendBatch(): Promise<void> {
  const events = nextBatch?.events ?? [];
  nextBatch = undefined;
  lastBatchAt = performance.now();
  return sendPublished(events);
}

/** Sends committed events and marks them. Never throws and waits a second at most; the sweep sends the rest. */
async function sendPublished(events: OutgoingEvent[]): Promise<void> {
  if (events.length === 0 || now().getTime() < pausedUntil) return;
  const refused = new Map<string, string>();
  const sending = sendApart(events, refused)
    .catch((error) => {
      pausedUntil = now().getTime() + SEND_PAUSE_MS;
      log.warn({ error: messageOf(error), events: events.length }, "events stay in the outbox for the sweep");
    })
    .finally(() => {
      if (refused.size > 0) log.warn({ refused: [...refused] }, "refused events stay in the outbox for the sweep");
    });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_SEND_WAIT_MS);
  });
  await Promise.race([sending, timeout]);
  clearTimeout(timer);
}

/** Sends events and marks them. @throws the answer of the event API; some events may have been sent and marked by then */
async function send(events: OutgoingEvent[]): Promise<void> {
  for (const chunk of toChunks(events)) {
    sender ??= new Inngest({ id: "steadfast", middleware: encryption(), fetch: apiFetch });
    await sender.send(chunk);
    await db()
      .$executeRaw`UPDATE outbox SET sent_at = ${now()} WHERE id = ANY(${chunk.map((event) => event.id)}) AND sent_at IS NULL`;
  }
}

/** Splits events into requests that the event API takes. */
export function toChunks(events: OutgoingEvent[]): OutgoingEvent[][] {
  const result: OutgoingEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const last = result.at(-1);
    if (last && last.length < MAX_CHUNK_EVENTS && bytes + size <= MAX_CHUNK_BYTES) {
      last.push(event);
      bytes += size;
    } else {
      result.push([event]);
      bytes = size;
    }
  }
  return result;
}

/** The lease of a sweep on the events that it claimed. */
const SWEEP_LEASE_MS = 60 * SECOND;
/** An event is quarantined if it is refused for this time while others are accepted. A fault of the event API is shorter. */
const MIN_REFUSED_MS = MINUTE;
/** The refused requests of one page. One refused event among a thousand takes about twenty requests to find. */
const MAX_REFUSALS = 40;

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
 * delays no other event: the request is halved until it contains only this one. The event moves to the manual queue if other
 * events are still accepted a minute later.
 * Returns how many were sent.
 */
async function sendUnsent(ids: string[]): Promise<number> {
  const at = now();
  const events = await db().$queryRaw<OutgoingEvent[]>`
    UPDATE outbox SET not_before = ${after(SWEEP_LEASE_MS, at)}, attempts = attempts + 1
    WHERE id IN (SELECT id FROM outbox WHERE id = ANY(${ids}) AND sent_at IS NULL AND not_before <= ${at} FOR UPDATE SKIP LOCKED)
    RETURNING id, name, data`;
  const refused = new Map<string, string>();
  const outage = await sendApart(events, refused).then(() => undefined, messageOf);
  const others = events.filter(({ id }) => !refused.has(id));
  const deferred = outage === undefined ? 0 : await defer(others, outage);
  if (refused.size > 0) await quarantine(refused);
  return others.length - deferred;
}

/** Fills `refused` with the events that are refused alone, and why. @throws any other error, or too many refusals */
async function sendApart(
  events: OutgoingEvent[],
  refused: Map<string, string>,
  left = { count: MAX_REFUSALS },
): Promise<void> {
  for (const chunk of toChunks(events)) {
    try {
      await send(chunk);
    } catch (error) {
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
}

/**
 * Returns whether the event API refused its input: a 4xx that is not about the key or the rate. It answers 400 for internal errors
 * too (server: pkg/api/api.go `ReceiveEvent`), so one refusal alone does not prove that the event is at fault.
 */
const isRefusal = (error: unknown): boolean => /^Inngest API Error: (400|406|409|412|413|422) /.test(messageOf(error));

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
