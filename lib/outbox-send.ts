import { Inngest } from "inngest";
import { apiFetch } from "./api-fetch";
import { now } from "./clock";
import { db } from "./db";
import { encryption } from "./encryption";
import { messageOf } from "./errors";
import type { OutgoingEvent } from "./events";

/** Inngest accepts 5,000 events in a request (pkg/consts). The limit in bytes is reached earlier. */
export const MAX_CHUNK_EVENTS = 1_000;
const MAX_CHUNK_BYTES = 1_000_000;
/** The refused requests of one call. One refused event among a thousand takes about twenty requests to find. */
const MAX_REFUSALS = 40;

let sender: Inngest | undefined;

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

/**
 * Sends committed events and marks them as sent. An event that Inngest refuses delays no other event: the request is halved until it
 * contains only this one. Fills `refused` with the events that are refused alone, and why.
 * @throws any other error, or too many refusals; some events may have been sent and marked by then
 */
export async function sendEvents(
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
        await sendEvents(chunk.slice(0, half), refused, left);
        await sendEvents(chunk.slice(half), refused, left);
      }
    }
  }
}

async function send(chunk: OutgoingEvent[]): Promise<void> {
  sender ??= new Inngest({ id: "steadfast", middleware: encryption(), fetch: apiFetch });
  await sender.send(chunk);
  const ids = chunk.map(({ id }) => id);
  await db().$executeRaw`UPDATE outbox SET sent_at = ${now()} WHERE id = ANY(${ids}) AND sent_at IS NULL`;
}

/**
 * Returns whether the event API refused its input: a 4xx that is not about the key or the rate. It answers 400 for internal errors
 * too (server: pkg/api/api.go `ReceiveEvent`), so one refusal alone does not prove that the event is at fault.
 */
const isRefusal = (error: unknown): boolean => /^Inngest API Error: (400|406|409|412|413|422) /.test(messageOf(error));
