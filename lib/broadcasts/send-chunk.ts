import { raiseAlert } from "../alerts";
import { ago, HOUR, now } from "../clock";
import { db, Prisma, type Tx, transaction } from "../db";
import { refusedCondition } from "../email/consent";
import { type BatchResult, sendBatch } from "../email/send-batch";
import { emailSentEvent } from "../email/send-email";
import { acquireSendSlot, busyUntil, deferSend, type SendSlot } from "../email/send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "../email/unsubscribe";
import { emailEnv } from "../env";
import { withOutbox } from "../outbox";
import { personalize } from "./broadcast-email";
import { hasFields } from "./fields";

export type ChunkSkipped = "done" | "stopped" | "not_found";

interface SentChunk {
  sent: number;
  failed: number;
  /** Why nothing was sent. */
  skipped?: ChunkSkipped;
}

/** The error of an email to a recipient who had unsubscribed. They are counted by it. */
export const UNSUBSCRIBED = "The recipient has unsubscribed.";
const SUPPRESSED = "The address is suppressed, or belongs to no account any more.";

/**
 * Sends up to a hundred emails of a broadcast in one request, once. Consent is read when the chunk is claimed. From then on its
 * recipients, and so the bytes under its idempotency key, stay the same until the outcome of the request is known: for 24 hours,
 * Resend gives a repeated request with the same key and bytes the first answer. After a request that certainly sent nothing,
 * the claim is released and the retry reads consent again.
 * @throws AppError `email_unavailable`, with `retry`.
 */
export async function sendChunk(broadcastId: string, chunk: number): Promise<SentChunk> {
  const saveSendAt = (sendAt: Date) =>
    db().broadcastChunk.updateMany({ where: { broadcastId, chunk }, data: { sendAt } });
  const slot = await readSlot(broadcastId, chunk);
  if (!slot) return { sent: 0, failed: 0, skipped: "not_found" };
  await acquireSendSlot("optional", slot, saveSendAt);
  const claim = await claimChunk(broadcastId, chunk);
  if ("skipped" in claim) return { sent: 0, failed: 0, skipped: claim.skipped };
  if (claim.outdated) return endOutdated(claim);
  if (claim.recipients.length === 0) return end(claim, []);

  const results = await sendBatch({
    ...{ key: claim.key, emails: compose(claim), release: () => releaseClaim(claim) },
    defer: () => deferSend("optional", saveSendAt, slot.waitsSince),
  });
  return end(claim, results);
}

async function readSlot(broadcastId: string, chunk: number): Promise<SendSlot | undefined> {
  const [slot] = await db().$queryRaw<SendSlot[]>`
    SELECT send_at AS "sendAt", NULL::timestamptz AS "waitsSince", ${busyUntil(Prisma.sql`'optional'`)} AS "busyUntil"
    FROM broadcast_chunks WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk}`;
  return slot;
}

/** A chunk whose recipients are fixed for the request under `key`. `version` counts the claims of the chunk. */
type Claim = Exclude<Awaited<ReturnType<typeof claimChunk>>, { skipped: ChunkSkipped }>;

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

/** Resend stores idempotency keys for 24 hours ("Idempotency Keys"). An hour is left for a request in progress. */
const IDEMPOTENCY_KEY_TTL_MS = 23 * HOUR;

/** Fixes the recipients of a chunk's request: those who still have their account and have not unsubscribed. */
async function claimChunk(broadcastId: string, chunk: number) {
  return transaction(async (tx) => {
    const [row] = await tx.$queryRaw<LockedChunk[]>`
      SELECT c.status, c.version, c.idempotency_key AS key, c.claimed_at AS "claimedAt", b.stopped_at IS NOT NULL AS stopped,
        b.title, b.html, b.text
      FROM broadcast_chunks c JOIN broadcasts b ON b.id = c.broadcast_id
      WHERE c.broadcast_id = ${broadcastId} AND c.chunk = ${chunk} FOR UPDATE OF c`;
    if (!row) return { skipped: "not_found" as const };
    if (row.status === "done") return { skipped: "done" as const };
    if (row.status === "pending" && row.stopped) {
      await endChunk(tx, { broadcastId, chunk, key: null }, []);
      return { skipped: "stopped" as const };
    }
    const { claimedAt, title, html, text } = row;
    // If it is pending, no earlier request can be in progress, so the next request alone decides the outcome.
    const fresh = row.status === "pending";
    const version = row.version + 1;
    const key = fresh || !row.key ? `broadcast:${broadcastId}:${chunk}:${version}` : row.key;
    const request = { broadcastId, chunk, version, key };
    const named = hasFields(title) || hasFields(text);
    const recipients = fresh ? await refuseOrSend(tx, request, named) : await repeat(tx, request);
    // Then Resend may have deleted the key, so sending again could send twice.
    const outdated = !fresh && claimedAt !== null && claimedAt < ago(IDEMPOTENCY_KEY_TTL_MS);
    return { ...request, fresh, outdated, title, html, text, recipients };
  });
}

type ClaimedRequest = { broadcastId: string; chunk: number; version: number; key: string };

type Recipient = { userId: string; address: string; name: string | null };

/** Claims a pending chunk and returns its recipients. `named`: the text has fields, so the names of the recipients are fixed too. */
async function refuseOrSend(
  tx: Tx,
  { broadcastId, chunk, version, key }: ClaimedRequest,
  named: boolean,
): Promise<Recipient[]> {
  const at = now();
  return tx.$queryRaw<Recipient[]>`
    WITH claimed AS (
      UPDATE broadcast_chunks SET status = 'sending', version = ${version}, idempotency_key = ${key}, progressed_at = ${at}, claimed_at = ${at}
      WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk}
    ), decided AS (
      UPDATE notifications n SET status = (CASE WHEN r.refused THEN 'refused' ELSE 'sending' END)::notification_status,
        ended_at = CASE WHEN r.refused THEN ${at}::timestamptz END,
        name = CASE WHEN ${named} AND NOT r.refused THEN r.name END,
        error = CASE WHEN r.refused THEN CASE WHEN EXISTS (SELECT 1 FROM email_preferences f
            WHERE f.address = lower(n.address) AND f.category = 'marketing' AND NOT f.wanted)
          THEN ${UNSUBSCRIBED} ELSE ${SUPPRESSED} END END
      FROM (
        SELECT p.user_id, u.name, u.id IS NULL OR ${refusedCondition(Prisma.sql`p.address`, Prisma.sql`'marketing'::email_category`)} AS refused
        FROM notifications p LEFT JOIN users u ON u.id = p.user_id AND u.email = p.address
        WHERE p.broadcast_id = ${broadcastId} AND p.chunk = ${chunk}
      ) r
      WHERE n.broadcast_id = ${broadcastId} AND n.user_id = r.user_id AND n.status = 'pending'
      RETURNING n.user_id, n.address, n.name, n.status
    )
    SELECT user_id AS "userId", address, name FROM decided WHERE status = 'sending' ORDER BY user_id`;
}

/** Claims a chunk whose request has an unknown outcome, and returns the recipients of that request. */
async function repeat(tx: Tx, { broadcastId, chunk, version, key }: ClaimedRequest): Promise<Recipient[]> {
  await tx.broadcastChunk.updateMany({
    where: { broadcastId, chunk },
    data: { version, idempotencyKey: key, progressedAt: now() },
  });
  return tx.notification.findMany({
    where: { broadcastId, chunk, status: "sending" },
    select: { userId: true, address: true, name: true },
    orderBy: { userId: "asc" },
  });
}

function compose({ title, html, text, broadcastId, recipients }: Claim) {
  const { MAIL_FROM } = emailEnv();
  return recipients.map(({ address, name }) => {
    const url = unsubscribeUrl(address, "marketing");
    return {
      from: MAIL_FROM,
      to: address,
      ...personalize({ subject: title, html, text }, { name, unsubscribe: url ?? "" }),
      headers: unsubscribeHeaders(url),
      tags: [{ name: "broadcast_id", value: broadcastId }],
    };
  });
}

/** Releases a claim after a request that sent nothing, unless another request that used it may have sent the emails. */
async function releaseClaim({ broadcastId, chunk, version, fresh }: Claim): Promise<void> {
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

async function end(claim: Claim, results: BatchResult[]): Promise<SentChunk> {
  const missing = { error: "no result came back" };
  const outcomes = claim.recipients.map(({ userId }, index) => ({ userId, ...(results[index] ?? missing) }));
  const accepted = claim.recipients.filter((_, index) => !("error" in (outcomes[index] ?? missing)));
  await withOutbox(async (tx, publish) => {
    if (await endChunk(tx, claim, outcomes)) publish(...accepted.map((recipient) => sentEvent(claim, recipient)));
  });
  const failed = outcomes.filter((outcome) => "error" in outcome).length;
  return { sent: outcomes.length - failed, failed };
}

/** Its subject has no names: the fields of the title are not filled. */
const sentEvent = ({ broadcastId, title: subject }: Claim, { userId, address }: Claim["recipients"][number]) =>
  emailSentEvent({ id: `${broadcastId}:${userId}`, kind: "broadcast", recipient: address, subject });

const endAll = (claim: Claim, result: BatchResult): Promise<SentChunk> =>
  end(claim, Array<BatchResult>(claim.recipients.length).fill(result));

/** Ends a chunk whose outcome is unknown: one missing email is better than the same email twice. */
async function endOutdated(claim: Claim): Promise<SentChunk> {
  const { broadcastId, chunk, recipients } = claim;
  await raiseAlert({
    kind: "broadcast_chunk_unclear",
    incident: `broadcast-chunk:${broadcastId}:${chunk}`,
    subject: `Unknown outcome: ${recipients.length} emails of a broadcast may not have been sent`,
    detail: { broadcastId, chunk, key: claim.key },
  });
  return endAll(claim, { error: "It is not known whether this went out." });
}

/** Saves the outcomes of a chunk's emails and ends the chunk, once. Pending recipients end as stopped. Returns whether it ended now. */
async function endChunk(
  tx: Tx,
  { broadcastId, chunk, key }: { broadcastId: string; chunk: number; key: string | null },
  outcomes: ({ userId: string } & BatchResult)[],
): Promise<boolean> {
  const at = now();
  const rows = outcomes.map((outcome) => ({ id: null, error: null, ...outcome }));
  const ended = await tx.$executeRaw`
    WITH open AS (
      SELECT FROM broadcast_chunks
      WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status <> 'done' AND idempotency_key IS NOT DISTINCT FROM ${key}
      FOR UPDATE
    ), ended AS (
      UPDATE notifications n SET status = (CASE WHEN r.error IS NULL THEN 'sent' ELSE 'failed' END)::notification_status,
        provider_id = r.id, error = r.error, name = NULL, ended_at = ${at}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("userId" text, id text, error text)
      WHERE n.broadcast_id = ${broadcastId} AND n.chunk = ${chunk} AND n.user_id = r."userId" AND n.status = 'sending'
        AND EXISTS (SELECT FROM open)
      RETURNING n.status
    ), stopped AS (
      UPDATE notifications SET status = 'stopped', ended_at = ${at}
      WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND status = 'pending' AND EXISTS (SELECT FROM open)
    )
    UPDATE broadcast_chunks SET status = 'done', progressed_at = ${at},
      sent = (SELECT count(*) FROM ended WHERE status = 'sent'), failed = (SELECT count(*) FROM ended WHERE status = 'failed'),
      (recipients, unsubscribed) = (SELECT count(*), count(*) FILTER (WHERE status = 'refused' AND error = ${UNSUBSCRIBED})
        FROM notifications WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk})
    WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk} AND EXISTS (SELECT FROM open)`;
  return ended > 0;
}
