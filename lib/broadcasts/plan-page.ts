import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { bulkEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import { segmentCondition, segmentSchema } from "./segment";

/** Resend's batch endpoint takes a hundred emails (resend.com/docs/api-reference/emails/send-batch-emails). */
const CHUNK = 100;

export interface Planned {
  recipients: number;
  /** False at the end: everybody is written down, or there was nothing to do. */
  more: boolean;
  /** Why there was nothing to do. */
  skipped?: "done" | "stopped" | "no_longer_there";
}

/**
 * Writes down the next page of a broadcast's recipients, one row each, and an event for every hundred of them: one
 * transaction, which also moves the cursor, so that a page is planned once however often this runs. With `moveToManualQueue`, the
 * event for the run that goes on from here is part of it.
 */
export async function planPage(broadcastId: string, moveToManualQueue: boolean): Promise<Planned> {
  const { events, ...planned } = await transaction(async (tx) => {
    const broadcast = await lock(tx, broadcastId);
    const skipped = skip(broadcast);
    if (!broadcast || skipped) return { recipients: 0, more: false, skipped, events: [] };
    const page = await writePage(tx, broadcast);
    const events: OutgoingEvent[] = [];
    for (let chunk = broadcast.chunks; chunk < page.chunks; chunk++) events.push(chunkEvent(broadcastId, chunk));
    if (page.more && moveToManualQueue) events.push(planningEvent(broadcastId, page.cursor));
    await enqueue(tx, events);
    return { recipients: page.recipients, more: page.more, events };
  });
  await announce(events);
  return planned;
}

/** Sets the sending of a chunk going; `again` tells a later try apart, whose event would otherwise be a duplicate. */
export function chunkEvent(broadcastId: string, chunk: number, again = ""): OutgoingEvent {
  return {
    name: EVENTS.NOTIFICATION_SEND_INDIVIDUAL,
    id: `broadcast-chunk:${broadcastId}:${chunk}${again}`,
    data: { broadcastId, chunk },
  };
}

/** Sets planning going from where the cursor stands. */
export function planningEvent(broadcastId: string, cursor: string, again = ""): OutgoingEvent {
  return {
    name: EVENTS.NOTIFICATION_BROADCAST,
    id: `broadcast:${broadcastId}:from:${cursor}${again}`,
    data: { broadcastId },
  };
}

interface Locked {
  id: string;
  segment: unknown;
  cursor: string;
  chunks: number;
  created_at: Date;
  planned: boolean;
  stopped: boolean;
}

function skip(broadcast: Locked | undefined): Planned["skipped"] {
  if (!broadcast) return "no_longer_there";
  if (broadcast.stopped) return "stopped";
  return broadcast.planned ? "done" : undefined;
}

async function lock(tx: Tx, id: string): Promise<Locked | undefined> {
  const [broadcast] = await tx.$queryRaw<Locked[]>`
    SELECT id, segment, cursor, chunks, created_at, planned_at IS NOT NULL AS planned, stopped_at IS NOT NULL AS stopped
    FROM broadcasts WHERE id = ${id} FOR UPDATE`;
  return broadcast;
}

/** One more user than fits is looked at, to know without another step whether that was all. */
async function writePage(tx: Tx, { id, segment, cursor, chunks, created_at: created }: Locked) {
  const size = bulkEnv().BROADCAST_PAGE;
  const at = now();
  const [page] = await tx.$queryRaw<{ recipients: number; more: boolean; cursor: string | null }[]>`
    WITH found AS (
      SELECT u.id, u.email, (row_number() OVER (ORDER BY u.id) - 1)::int AS nth FROM users u
      WHERE u.id > ${cursor} AND u.created_at <= ${created} AND ${segmentCondition(segmentSchema.parse(segment), created)}
      ORDER BY u.id LIMIT ${size + 1}
    ), page AS (SELECT * FROM found WHERE nth < ${size}), written AS (
      INSERT INTO notifications (broadcast_id, user_id, chunk, address, created_at)
      SELECT ${id}, page.id, ${chunks} + nth / ${CHUNK}::int, email, ${at} FROM page ON CONFLICT DO NOTHING
    ), chunked AS (
      INSERT INTO broadcast_chunks (broadcast_id, chunk, created_at, moved_at)
      SELECT DISTINCT ${id}, ${chunks} + nth / ${CHUNK}::int, ${at}::timestamptz, ${at}::timestamptz FROM page
    )
    SELECT (SELECT count(*)::int FROM page) AS recipients, (SELECT count(*) FROM found) > ${size} AS more,
      (SELECT max(id) FROM page) AS cursor`;
  const recipients = page?.recipients ?? 0;
  const more = page?.more ?? false;
  const end = { cursor: page?.cursor ?? cursor, chunks: chunks + Math.ceil(recipients / CHUNK) };
  await tx.$executeRaw`
    UPDATE broadcasts SET cursor = ${end.cursor}, chunks = ${end.chunks}, moved_at = ${at},
      planned_at = ${more ? null : at}::timestamptz WHERE id = ${id}`;
  return { recipients, more, ...end };
}
