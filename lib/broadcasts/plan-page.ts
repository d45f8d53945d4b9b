import { ago, MINUTE, now } from "../clock";
import { db, Prisma, type Tx } from "../db";
import { MAX_BATCH_SIZE } from "../email/send-batch";
import { bulkEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { batchSendEvents } from "../inngest";
import { withOutbox } from "../outbox";
import { againSuffix, type Sweep } from "../sweep";
import { segmentCondition, segmentSchema } from "./segment";
import type { ChunkSkipped } from "./send-chunk";

/** A chunk is one request to Resend. */
const CHUNK_SIZE = MAX_BATCH_SIZE;

interface PlannedPage {
  recipients: number;
  more: boolean;
  skipped?: ChunkSkipped;
  /** The broadcast starts later, at this time (ISO 8601). */
  scheduledAt?: string;
}

/**
 * Inserts the next page of a broadcast's recipients and publishes an event for each chunk. The same transaction advances the
 * cursor, so each page is planned once however often this runs. `lastOfRun`: it also publishes the event for the next run.
 */
export async function planPage(broadcastId: string, lastOfRun: boolean): Promise<PlannedPage> {
  return withOutbox(async (tx, publish) => {
    const [broadcast] = await tx.$queryRaw<LockedBroadcast[]>`
      SELECT id, segment, cursor, chunks, created_at AS "createdAt", scheduled_at AS "scheduledAt", planned_at IS NOT NULL AS planned, stopped_at IS NOT NULL AS stopped
      FROM broadcasts WHERE id = ${broadcastId} FOR UPDATE`;
    const skip = (skipped: ChunkSkipped) => ({ recipients: 0, more: false, skipped });
    if (!broadcast) return skip("not_found");
    if (broadcast.stopped) return skip("stopped");
    if (broadcast.planned) return skip("done");
    const { scheduledAt } = broadcast;
    if (scheduledAt && scheduledAt > now())
      return { recipients: 0, more: true, scheduledAt: scheduledAt.toISOString() };
    const page = await insertPage(tx, broadcast);
    for (let chunk = broadcast.chunks; chunk < page.chunks; chunk++) publish(chunkEvent(broadcastId, chunk));
    if (page.more && lastOfRun) publish(planningEvent(broadcastId, page.cursor));
    return { recipients: page.recipients, more: page.more };
  });
}

/** Returns the event that triggers the sending of a chunk. `again` distinguishes a later event from the first one. */
function chunkEvent(broadcastId: string, chunk: number, again = ""): OutgoingEvent {
  return {
    name: EVENTS.NOTIFICATION_SEND_INDIVIDUAL,
    id: `broadcast-chunk:${broadcastId}:${chunk}${again}`,
    data: { broadcastId, chunk },
  };
}

/** Returns the event that triggers planning from `cursor`. */
function planningEvent(broadcastId: string, cursor: string, again = ""): OutgoingEvent {
  return {
    name: EVENTS.NOTIFICATION_BROADCAST,
    id: `broadcast:${broadcastId}:from:${cursor}${again}`,
    data: { broadcastId },
  };
}

interface LockedBroadcast {
  id: string;
  segment: unknown;
  cursor: string;
  chunks: number;
  createdAt: Date;
  scheduledAt: Date | null;
  planned: boolean;
  stopped: boolean;
}

/** It reads one user more than a page has, to know whether there is another page. */
async function insertPage(tx: Tx, { id, segment, cursor, chunks, createdAt, scheduledAt }: LockedBroadcast) {
  const size = bulkEnv().BROADCAST_PAGE;
  /** The segment has those who belonged to it at this moment, however long the planning takes. */
  const asOf = scheduledAt ?? createdAt;
  const at = now();
  const [page] = await tx.$queryRaw<{ recipients: number; more: boolean; cursor: string | null }[]>`
    WITH found AS (
      SELECT u.id, u.email, (row_number() OVER (ORDER BY u.id) - 1)::int AS nth FROM users u
      WHERE u.id > ${cursor} AND u.created_at <= ${asOf} AND ${segmentCondition(segmentSchema.parse(segment), asOf)}
      ORDER BY u.id LIMIT ${size + 1}
    ), page AS (
      SELECT * FROM found WHERE nth < ${size}
    ), inserted_recipients AS (
      INSERT INTO notifications (broadcast_id, user_id, chunk, address, created_at)
      SELECT ${id}, page.id, ${chunks} + nth / ${CHUNK_SIZE}::int, email, ${at} FROM page ON CONFLICT DO NOTHING
    ), inserted_chunks AS (
      INSERT INTO broadcast_chunks (broadcast_id, chunk, recipients, created_at, progressed_at)
      SELECT ${id}, ${chunks} + nth / ${CHUNK_SIZE}::int, count(*), ${at}::timestamptz, ${at}::timestamptz FROM page GROUP BY 2
    )
    SELECT (SELECT count(*)::int FROM page) AS recipients, (SELECT count(*) FROM found) > ${size} AS more,
      (SELECT max(id) FROM page) AS cursor`;
  const { recipients = 0, more = false } = page ?? {};
  const end = { cursor: page?.cursor ?? cursor, chunks: chunks + Math.ceil(recipients / CHUNK_SIZE) };
  const data = { cursor: end.cursor, chunkCount: end.chunks, progressedAt: at, plannedAt: more ? null : at };
  await tx.broadcast.updateMany({ where: { id }, data });
  return { recipients, more, ...end };
}

/** Longer than a chunk waits for its slot at the email provider. */
const MAX_IDLE_MS = 30 * MINUTE;
/** A scheduled broadcast that has not started by then has lost its run. Planning the first page takes seconds. */
const MAX_DELAY_MS = 5 * MINUTE;

export const unplannedBroadcasts: Sweep = {
  name: "unplanned-broadcasts",
  description: "Starts the planning of broadcasts again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM broadcasts WHERE planned_at IS NULL AND stopped_at IS NULL AND (
      progressed_at < ${ago(MAX_IDLE_MS, at)} AND (scheduled_at IS NULL OR scheduled_at < ${ago(MAX_IDLE_MS, at)})
      OR chunks = 0 AND progressed_at < ${ago(MAX_DELAY_MS, at)} AND scheduled_at < ${ago(MAX_DELAY_MS, at)})`,
  async repairAll(ids) {
    const broadcasts = await db().broadcast.findMany({
      where: { id: { in: ids } },
      select: { id: true, cursor: true },
    });
    await batchSendEvents(broadcasts.map(({ id, cursor }) => planningEvent(id, cursor, againSuffix())));
    return broadcasts.length;
  },
};

/** Items are `broadcast:chunk`, of broadcasts without recent progress in any chunk. */
export const stalledChunks: Sweep = {
  name: "stalled-broadcast-chunks",
  description: "Starts the sending of broadcast chunks again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT c.broadcast_id || ':' || c.chunk AS id FROM broadcast_chunks c
    WHERE c.status <> 'done' AND c.progressed_at < ${ago(MAX_IDLE_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM broadcast_chunks o WHERE o.broadcast_id = c.broadcast_id AND o.progressed_at >= ${ago(MAX_IDLE_MS, at)})
    ORDER BY c.progressed_at, c.chunk`,
  async repairAll(ids) {
    const chunks = ids.map((id) => id.split(":"));
    await batchSendEvents(
      chunks.map(([broadcastId = "", chunk]) => chunkEvent(broadcastId, Number(chunk), againSuffix())),
    );
    return ids.length;
  },
};
