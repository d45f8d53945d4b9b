import { raiseAlert } from "../alerts";
import { db, Prisma, transaction } from "../db";
import { sendBatch } from "../email/send-batch";
import { acquireSendSlot, busyUntil, deferSend, type SendSlot } from "../email/send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "../email/unsubscribe-link";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { UNSUBSCRIBE_PLACEHOLDER } from "./broadcast-email";
import { type ChunkSkipped, type Claim, claimChunk, releaseClaim } from "./claim-chunk";
import { endChunk } from "./end-chunk";

export interface SentChunk {
  sent: number;
  failed: number;
  /** Why nothing was sent. */
  skipped?: ChunkSkipped;
}

/**
 * Sends up to a hundred emails of a broadcast in one request, once. Consent is read when the chunk is claimed. From then on its
 * recipients, and so the bytes under its idempotency key, stay the same until the outcome of the request is known. After a
 * request that certainly sent nothing, the claim is released and the retry reads consent again.
 *
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

  const result = await sendBatch(compose(claim), claim.key);
  if (result.outcome === "sent") return end(claim, result.results);
  if (result.outcome === "already_sent") return endAll(claim, { id: null });
  if (result.outcome === "refused") return endAll(claim, { error: result.message });
  if (result.outcome === "not_sent") await releaseClaim(claim);
  if (result.wait === "next_slot") return deferSend("optional", saveSendAt);
  throw new AppError("email_unavailable", 503, `Email provider: ${result.message}`, { retry: result.wait });
}

async function readSlot(broadcastId: string, chunk: number): Promise<SendSlot | undefined> {
  const [slot] = await db().$queryRaw<SendSlot[]>`
    SELECT send_at AS "sendAt", ${busyUntil(Prisma.sql`'optional'`)} AS "busyUntil"
    FROM broadcast_chunks WHERE broadcast_id = ${broadcastId} AND chunk = ${chunk}`;
  return slot;
}

function compose({ title, html, text, broadcastId, recipients }: Claim) {
  const { MAIL_FROM } = emailEnv();
  return recipients.map(({ address }) => {
    const url = unsubscribeUrl(address, "marketing") ?? "";
    return {
      from: MAIL_FROM,
      to: address,
      subject: title,
      html: html.replaceAll(UNSUBSCRIBE_PLACEHOLDER, url),
      text: text.replaceAll(UNSUBSCRIBE_PLACEHOLDER, url),
      headers: unsubscribeHeaders(address, "marketing"),
      tags: [{ name: "broadcast_id", value: broadcastId }],
    };
  });
}

type Result = { id: string | null } | { error: string };

async function end(claim: Claim, results: Result[]): Promise<SentChunk> {
  const outcomes = claim.recipients.map(({ userId }, index) => ({
    userId,
    ...(results[index] ?? { error: "no result came back" }),
  }));
  await transaction((tx) => endChunk(tx, claim, outcomes));
  const failed = outcomes.filter((outcome) => "error" in outcome).length;
  return { sent: outcomes.length - failed, failed };
}

const endAll = (claim: Claim, result: Result): Promise<SentChunk> =>
  end(
    claim,
    claim.recipients.map(() => result),
  );

/** Ends a chunk whose outcome is unknown: one missing email is better than the same email twice. */
async function endOutdated(claim: Claim): Promise<SentChunk> {
  const { broadcastId, chunk, recipients } = claim;
  await raiseAlert({
    kind: "broadcast_chunk_unclear",
    id: `broadcast-chunk:${broadcastId}:${chunk}`,
    subject: `Unknown outcome: ${recipients.length} emails of a broadcast may not have been sent`,
    detail: { broadcastId, chunk, key: claim.key },
  });
  return endAll(claim, { error: "It is not known whether this went out." });
}
