import { Inngest } from "inngest";
import { after, now, SECOND } from "./clock";
import { db, Prisma, type Tx } from "./db";
import { messageOf } from "./errors";
import { checkEvent, type OutgoingEvent } from "./events";
import { log } from "./log";

/**
 * The outbox: an event is a row committed together with the change it announces, and is sent once the commit is done. A
 * crash in between loses nothing (the reconciler sends what was left), and nothing is announced that was rolled back.
 */

/** How long the sender that committed an event has it to itself before the sweeper takes over. */
const HEAD_START = 10 * SECOND;
/** A request waits this long at most for its events to be taken; they are safe in the outbox anyway. */
const PATIENCE = SECOND;
/** After a failure nobody waits for the event API for so long. */
const PAUSE = 5 * SECOND;
/** Inngest takes 5,000 events a request (pkg/consts); a megabyte is reached earlier. */
export const CHUNK_EVENTS = 1_000;
const CHUNK_BYTES = 1_000_000;
/** Promise of the design (I5, P15): no event above 64 KB. */
const MAX_EVENT_BYTES = 64 * 1024;

let sender: Inngest | undefined;
let pausedUntil = 0;

/** The INSERT that writes `events` down, to stand alone or inside a statement that changes what they announce. */
export function outboxInsert(events: OutgoingEvent[], at = now()): Prisma.Sql {
  for (const event of events) {
    checkEvent(event);
    const bytes = Buffer.byteLength(JSON.stringify(event.data));
    if (bytes > MAX_EVENT_BYTES)
      throw new Error(
        `Event "${event.name}" (${event.id}) has ${bytes} bytes of data; ${MAX_EVENT_BYTES} are allowed.`,
      );
  }
  return Prisma.sql`INSERT INTO outbox (id, name, data, created_at, not_before)
    SELECT e.id, e.name, e.data, ${at}::timestamptz, ${after(HEAD_START, at)}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS e(id text, name text, data jsonb)
    ON CONFLICT (id) DO NOTHING`;
}

/** Writes `events` into the outbox, as part of `tx`. Send them with `announce` after the commit. */
export async function enqueue(tx: Tx, events: OutgoingEvent[]): Promise<void> {
  for (const chunk of chunks(events)) await tx.$executeRaw(outboxInsert(chunk));
}

/**
 * Sends events whose outbox rows are committed, and marks them. Never throws and never keeps a request waiting for more
 * than a second: what could not be sent stays in the outbox for the sweeper.
 */
export async function announce(events: OutgoingEvent[]): Promise<void> {
  if (events.length === 0 || now().getTime() < pausedUntil) return;
  const sending = send(events).catch((error) => {
    pausedUntil = now().getTime() + PAUSE;
    log.warn({ error: messageOf(error), events: events.length }, "events stay in the outbox for now");
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([sending, patience]);
  clearTimeout(timer);
}

/** Sends events, and marks them. @throws what the event API answered; some of the events may have been sent and marked then */
export async function send(events: OutgoingEvent[]): Promise<void> {
  for (const chunk of chunks(events)) {
    sender ??= new Inngest({ id: "steadfast" });
    await sender.send(chunk);
    await db()
      .$executeRaw`UPDATE outbox SET sent_at = ${now()} WHERE id = ANY(${chunk.map((event) => event.id)}) AND sent_at IS NULL`;
  }
}

/** Splits events into requests that the event API takes. */
export function chunks(events: OutgoingEvent[]): OutgoingEvent[][] {
  const result: OutgoingEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const last = result.at(-1);
    if (last && last.length < CHUNK_EVENTS && bytes + size <= CHUNK_BYTES) {
      last.push(event);
      bytes += size;
    } else {
      result.push([event]);
      bytes = size;
    }
  }
  return result;
}
