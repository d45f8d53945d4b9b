import { ago, HOUR, now } from "../clock";
import { type Tx, transaction } from "../db";
import { refusals } from "../email/consent";
import { endChunk } from "./end-chunk";

/** A chunk whose recipients are fixed for the request under `key`. */
export interface Claim {
  broadcastId: string;
  chunk: number;
  key: string;
  /** Counts the claims of this chunk. */
  version: number;
  /** No earlier request may be under way: the one made now decides alone. */
  fresh: boolean;
  /** The key is older than Resend remembers it: sending again could send twice. */
  outdated: boolean;
  title: string;
  html: string;
  text: string;
  recipients: Recipient[];
}

export interface Recipient {
  userId: string;
  address: string;
}

type Skipped = { skipped: "done" | "stopped" | "no_longer_there" };

/** Resend keeps idempotency keys for 24 hours ("Idempotency Keys"); an hour is left for a request on its way. */
const KEY_LIFETIME = 23 * HOUR;

interface Row {
  status: "pending" | "sending" | "done";
  version: number;
  key: string | null;
  claimed_at: Date | null;
  stopped: boolean;
  title: string;
  html: string;
  text: string;
}

/** Fixes who is in the request for a chunk: those who still have their account and have not unsubscribed. */
export async function claimChunk(broadcastId: string, chunk: number): Promise<Claim | Skipped> {
  return transaction(async (tx) => {
    const [row] = await tx.$queryRaw<Row[]>`
      SELECT c.status, c.version, c.idempotency_key AS key, c.claimed_at, b.stopped_at IS NOT NULL AS stopped, b.title, b.html, b.text
      FROM broadcast_chunks c JOIN broadcasts b ON b.id = c.broadcast_id
      WHERE c.broadcast_id = ${broadcastId} AND c.chunk = ${chunk} FOR UPDATE OF c`;
    if (!row) return { skipped: "no_longer_there" };
    if (row.status === "done") return { skipped: "done" };
    if (row.status === "pending" && row.stopped) {
      await endChunk(tx, { broadcastId, chunk, key: null }, []);
      return { skipped: "stopped" };
    }
    const fresh = row.status === "pending";
    const version = row.version + 1;
    const key = fresh || !row.key ? `broadcast:${broadcastId}:${chunk}:${version}` : row.key;
    if (fresh) await settleRecipients(tx, broadcastId, chunk);
    await tx.$executeRaw`
      UPDATE broadcast_chunks SET status = 'sending', version = ${version}, idempotency_key = ${key}, moved_at = ${now()},
        claimed_at = ${fresh ? now() : row.claimed_at}::timestamptz WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk}`;
    const recipients = await tx.$queryRaw<Recipient[]>`
      SELECT user_id AS "userId", address FROM notifications
      WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'sending' ORDER BY user_id`;
    const outdated = !fresh && row.claimed_at !== null && row.claimed_at < ago(KEY_LIFETIME);
    const { title, html, text } = row;
    return { broadcastId, chunk, key, version, fresh, outdated, title, html, text, recipients };
  });
}

async function settleRecipients(tx: Tx, broadcastId: string, chunk: number): Promise<void> {
  const rows = await tx.$queryRaw<(Recipient & { gone: boolean })[]>`
    SELECT n.user_id AS "userId", n.address, u.id IS NULL AS gone
    FROM notifications n LEFT JOIN users u ON u.id = n.user_id AND u.email = n.address
    WHERE n.broadcast_id = ${broadcastId} AND n.chunk = ${chunk} AND n.status = 'pending'`;
  const refused = await refusals(
    rows.map(({ address }) => address),
    "marketing",
    tx,
  );
  const out = rows.filter(({ address, gone }) => gone || refused.has(address)).map(({ userId }) => userId);
  await tx.$executeRaw`
    UPDATE notifications SET status = (CASE WHEN user_id = ANY(${out}) THEN 'refused' ELSE 'sending' END)::notification_status,
      ended_at = CASE WHEN user_id = ANY(${out}) THEN ${now()}::timestamptz END
    WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'pending'`;
}

/**
 * Gives a claim back after a request that certainly sent nothing. Not when the claim was an earlier request's, or somebody
 * has taken it over since: their request may have gone out.
 */
export async function releaseClaim({ broadcastId, chunk, version, fresh }: Claim): Promise<void> {
  if (!fresh) return;
  await transaction(async (tx) => {
    const released = await tx.$executeRaw`
      UPDATE broadcast_chunks SET status = 'pending', idempotency_key = NULL, claimed_at = NULL
      WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'sending' AND version = ${version}`;
    if (released === 1)
      await tx.$executeRaw`
        UPDATE notifications SET status = 'pending' WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'sending'`;
  });
}
