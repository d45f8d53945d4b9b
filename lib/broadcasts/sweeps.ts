import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { batchSendEvents } from "../inngest";
import { againSuffix, type Sweep } from "../sweep";
import { chunkEvent, planningEvent } from "./plan-page";

/** Longer than a chunk waits for its slot at the email provider. */
const MAX_IDLE_MS = 30 * MINUTE;

export const unplannedBroadcasts: Sweep = {
  name: "unplanned-broadcasts",
  description: "Starts the planning of broadcasts again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM broadcasts WHERE planned_at IS NULL AND stopped_at IS NULL AND progressed_at < ${ago(MAX_IDLE_MS, at)}`,
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
