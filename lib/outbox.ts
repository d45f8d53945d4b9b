import { after, now, SECOND } from "./clock";
import { db, Prisma, type Tx, transaction } from "./db";
import { messageOf } from "./errors";
import { checkEvent, EVENTS, type OutgoingEvent } from "./events";
import { log } from "./log";
import { sendEvents, toChunks } from "./outbox-send";
import { publishingChanges, recordChange, subjectOf } from "./realtime";

/**
 * The transactional outbox: an event is a row that commits together with the change it is about, and is sent after the
 * commit. A crash in between loses nothing, because a sweep (`outbox-sweep.ts`) sends the events that were not sent. A rollback sends nothing.
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
/** The largest event, a limit of our own. */
const MAX_EVENT_BYTES = 64 * 1024;

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
  const sending = sendEvents(events, refused)
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
