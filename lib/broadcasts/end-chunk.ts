import { now } from "../clock";
import type { Tx } from "../db";

export type Outcome = { userId: string } & ({ id: string | null } | { error: string });

/**
 * Writes down what became of a chunk's emails and closes it. What is still pending then was stopped. Whoever comes second
 * with the same key finds it closed and changes nothing.
 */
export async function endChunk(
  tx: Tx,
  { broadcastId, chunk, key }: { broadcastId: string; chunk: number; key: string | null },
  outcomes: Outcome[],
): Promise<void> {
  const at = now();
  const ended = await tx.$executeRaw`
    UPDATE broadcast_chunks SET status = 'done', moved_at = ${at}
    WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status <> 'done' AND idempotency_key IS NOT DISTINCT FROM ${key}`;
  if (ended === 0) return;
  const rows = outcomes.map((outcome) => ({ id: null, error: null, ...outcome }));
  await tx.$executeRaw`
    UPDATE notifications n SET status = (CASE WHEN r.error IS NULL THEN 'sent' ELSE 'failed' END)::notification_status,
      provider_id = r.id, error = r.error, ended_at = ${at}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("userId" text, id text, error text)
    WHERE n.broadcast_id = ${broadcastId} AND n.user_id = r."userId" AND n.status = 'sending'`;
  await tx.$executeRaw`
    UPDATE notifications SET status = 'stopped', ended_at = ${at}
    WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'pending'`;
}
