import { ago, MINUTE, now } from "../clock";
import { db } from "../db";

/** Work whose run the engine may have lost: nothing of it has moved for a while. */
export interface Stalled {
  /** Broadcasts whose recipients are not all written down. */
  unplanned: { id: string; cursor: string }[];
  /** Chunks of broadcasts of which no chunk has moved. */
  chunks: { broadcastId: string; chunk: number }[];
  imports: string[];
  jobs: string[];
}

const LIMIT = 500;

/** Longer than the step that reports least often: a chunk waits for its turn, an import works for up to a minute. */
const PATIENCE = 30 * MINUTE;

/** Looks for all of it in one statement, on the partial indexes of what is unfinished. */
export async function findStalled(): Promise<Stalled> {
  const before = ago(PATIENCE, now());
  const [found] = await db().$queryRaw<[Stalled]>`
    SELECT
      (SELECT coalesce(json_agg(b), '[]') FROM (SELECT id, cursor FROM broadcasts
         WHERE planned_at IS NULL AND stopped_at IS NULL AND progressed_at < ${before} LIMIT ${LIMIT}) b) AS unplanned,
      (SELECT coalesce(json_agg(c), '[]') FROM (SELECT broadcast_id AS "broadcastId", chunk FROM broadcast_chunks c
         WHERE status <> 'done' AND progressed_at < ${before}
           AND NOT EXISTS (SELECT 1 FROM broadcast_chunks o WHERE o.broadcast_id = c.broadcast_id AND o.progressed_at >= ${before})
         ORDER BY progressed_at, chunk LIMIT ${LIMIT}) c) AS chunks,
      ARRAY(SELECT id FROM imports WHERE status IN ('queued', 'fetching', 'checking', 'applying') AND progressed_at < ${before} LIMIT ${LIMIT}) AS imports,
      ARRAY(SELECT id FROM jobs WHERE status IN ('queued', 'running') AND progressed_at < ${before} LIMIT ${LIMIT}) AS jobs`;
  return found;
}
