import { ago, HOUR, now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { refusedCondition } from "../email/consent";
import { endChunk } from "./end-chunk";

/** A chunk whose recipients are fixed for the request under `key`. */
export interface Claim {
  broadcastId: string;
  chunk: number;
  key: string;
  /** Counts the claims of this chunk. */
  version: number;
  /** No earlier request can be in progress, so the next request alone decides the outcome. */
  fresh: boolean;
  /** Resend may have deleted the key, so sending again could send twice. */
  outdated: boolean;
  title: string;
  html: string;
  text: string;
  recipients: { userId: string; address: string }[];
}

export type ChunkSkipped = "done" | "stopped" | "not_found";

/** Resend stores idempotency keys for 24 hours ("Idempotency Keys"). An hour is left for a request in progress. */
const IDEMPOTENCY_KEY_TTL_MS = 23 * HOUR;

interface LockedChunk {
  status: "pending" | "sending" | "done";
  version: number;
  key: string | null;
  claimedAt: Date | null;
  stopped: boolean;
  title: string;
  html: string;
  text: string;
}

/** Fixes the recipients of a chunk's request: those who still have their account and have not unsubscribed. */
export async function claimChunk(broadcastId: string, chunk: number): Promise<Claim | { skipped: ChunkSkipped }> {
  return transaction(async (tx) => {
    const [row] = await tx.$queryRaw<LockedChunk[]>`
      SELECT c.status, c.version, c.idempotency_key AS key, c.claimed_at AS "claimedAt", b.stopped_at IS NOT NULL AS stopped,
        b.title, b.html, b.text
      FROM broadcast_chunks c JOIN broadcasts b ON b.id = c.broadcast_id
      WHERE c.broadcast_id = ${broadcastId} AND c.chunk = ${chunk} FOR UPDATE OF c`;
    if (!row) return { skipped: "not_found" };
    if (row.status === "done") return { skipped: "done" };
    if (row.status === "pending" && row.stopped) {
      await endChunk(tx, { broadcastId, chunk, key: null }, []);
      return { skipped: "stopped" };
    }
    const { claimedAt, title, html, text } = row;
    const at = now();
    const fresh = row.status === "pending";
    const version = row.version + 1;
    const key = fresh || !row.key ? `broadcast:${broadcastId}:${chunk}:${version}` : row.key;
    if (fresh) await refuseOrSend(tx, broadcastId, chunk);
    await tx.broadcastChunk.updateMany({
      where: { broadcastId, chunk },
      data: { status: "sending", version, idempotencyKey: key, progressedAt: at, claimedAt: fresh ? at : claimedAt },
    });
    const recipients = await tx.notification.findMany({
      where: { broadcastId, chunk, status: "sending" },
      select: { userId: true, address: true },
      orderBy: { userId: "asc" },
    });
    const outdated = !fresh && claimedAt !== null && claimedAt < ago(IDEMPOTENCY_KEY_TTL_MS);
    return { broadcastId, chunk, key, version, fresh, outdated, title, html, text, recipients };
  });
}

async function refuseOrSend(tx: Tx, broadcastId: string, chunk: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE notifications n SET status = (CASE WHEN r.refused THEN 'refused' ELSE 'sending' END)::notification_status,
      ended_at = CASE WHEN r.refused THEN ${now()}::timestamptz END
    FROM (
      SELECT p.user_id, u.id IS NULL OR ${refusedCondition(Prisma.sql`p.address`, Prisma.sql`'marketing'::email_category`)} AS refused
      FROM notifications p LEFT JOIN users u ON u.id = p.user_id AND u.email = p.address
      WHERE p.broadcast_id = ${broadcastId} AND p.chunk = ${chunk}
    ) r
    WHERE n.broadcast_id = ${broadcastId} AND n.user_id = r.user_id AND n.status = 'pending'`;
}

/**
 * Releases a claim after a request that certainly sent nothing. It does nothing if another request has used the
 * claim too, because that request may have sent the emails.
 */
export async function releaseClaim({ broadcastId, chunk, version, fresh }: Claim): Promise<void> {
  if (!fresh) return;
  await transaction(async (tx) => {
    const { count } = await tx.broadcastChunk.updateMany({
      where: { broadcastId, chunk, status: "sending", version },
      data: { status: "pending", idempotencyKey: null, claimedAt: null },
    });
    if (count === 0) return;
    await tx.notification.updateMany({ where: { broadcastId, chunk, status: "sending" }, data: { status: "pending" } });
  });
}
