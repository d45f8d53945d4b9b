import { now } from "../clock";
import type { Tx } from "../db";

export type Outcome = { userId: string } & ({ id: string | null } | { error: string });

/**
 * Saves the outcomes of a chunk's emails and ends the chunk. Recipients that are still pending end as stopped. A second call
 * with the same key changes nothing.
 */
export async function endChunk(
  tx: Tx,
  { broadcastId, chunk, key }: { broadcastId: string; chunk: number; key: string | null },
  outcomes: Outcome[],
): Promise<void> {
  const at = now();
  const ended = await tx.broadcastChunk.updateMany({
    where: { broadcastId, chunk, status: { not: "done" }, idempotencyKey: key },
    data: { status: "done", progressedAt: at },
  });
  if (ended.count === 0) return;
  const rows = outcomes.map((outcome) => ({ id: null, error: null, ...outcome }));
  await tx.$executeRaw`
    UPDATE notifications n SET status = (CASE WHEN r.error IS NULL THEN 'sent' ELSE 'failed' END)::notification_status,
      provider_id = r.id, error = r.error, ended_at = ${at}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("userId" text, id text, error text)
    WHERE n.broadcast_id = ${broadcastId} AND n.user_id = r."userId" AND n.status = 'sending'`;
  await tx.notification.updateMany({
    where: { broadcastId, chunk, status: "pending" },
    data: { status: "stopped", endedAt: at },
  });
}
