import { Inngest } from "inngest";
import { after, now, SECOND } from "./clock";
import { db, Prisma, type Tx, transaction } from "./db";
import { messageOf } from "./errors";
import { checkEvent, type OutgoingEvent } from "./events";
import { log } from "./log";

/**
 * The transactional outbox: an event is a row that commits together with the change it is about, and is sent after the
 * commit. A crash in between loses nothing, because a sweep sends the events that were not sent. A rollback sends nothing.
 */

/** The lease of the committing process on its events. After it the sweep may send them. */
const SENDER_LEASE_MS = 10 * SECOND;
/** The longest time that a request waits for the event API. */
const MAX_SEND_WAIT_MS = SECOND;
/** After a failed send, this process leaves all events to the sweep for this time. */
const SEND_PAUSE_MS = 5 * SECOND;
/** Inngest accepts 5,000 events in a request (pkg/consts). The limit in bytes is reached earlier. */
export const MAX_CHUNK_EVENTS = 1_000;
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
 * `transaction` does, with a fresh list of events. Sending never throws and takes a second at most; the sweep sends the rest.
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
    return result;
  };
  const result = await (singleStatement ? attempt(db()) : transaction(attempt));
  await sendPublished(published);
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

/**
 * Sends events whose outbox rows are committed, and marks them. Never throws and never waits longer than a second.
 * Unsent events stay in the outbox for the sweep.
 */
async function sendPublished(events: OutgoingEvent[]): Promise<void> {
  if (events.length === 0 || now().getTime() < pausedUntil) return;
  const sending = send(events).catch((error) => {
    pausedUntil = now().getTime() + SEND_PAUSE_MS;
    log.warn({ error: messageOf(error), events: events.length }, "events stay in the outbox for the sweep");
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_SEND_WAIT_MS);
  });
  await Promise.race([sending, timeout]);
  clearTimeout(timer);
}

/** Sends events and marks them. @throws the answer of the event API; some events may have been sent and marked by then */
export async function send(events: OutgoingEvent[]): Promise<void> {
  for (const chunk of toChunks(events)) {
    sender ??= new Inngest({ id: "steadfast" });
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
