import { raiseAlert } from "../alerts";
import { transaction } from "../db";
import { sendBatch } from "../email/send-batch";
import { acquireSlot, deferSend, readSlot } from "../email/send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "../email/unsubscribe-link";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { UNSUBSCRIBE_PLACEHOLDER } from "./broadcast-email";
import { type Claim, claimChunk, type Recipient, releaseClaim } from "./claim-chunk";
import { endChunk } from "./end-chunk";

export interface SentChunk {
  sent: number;
  failed: number;
  /** Why nothing was sent. */
  skipped?: "done" | "stopped" | "no_longer_there";
}

/**
 * Sends up to a hundred of a broadcast's emails in one request, once. Who may not be emailed is read when the chunk is
 * claimed; from then on its recipients, and so the bytes under its idempotency key, stay the same until the request's fate
 * is known. A request that certainly sent nothing gives the claim back, and the next try reads consent anew.
 *
 * @throws AppError `email_unavailable`, with `retry`.
 */
export async function sendChunk(broadcastId: string, chunk: number): Promise<SentChunk> {
  const id = `${broadcastId}:${chunk}`;
  await acquireSlot("other", id, await readSlot("other", id));
  const claim = await claimChunk(broadcastId, chunk);
  if ("skipped" in claim) return { sent: 0, failed: 0, skipped: claim.skipped };
  if (claim.outdated) return giveUp(claim);
  if (claim.recipients.length === 0) return end(claim, []);

  const result = await sendBatch(compose(claim), claim.key);
  if (result.outcome === "sent") return end(claim, result.results);
  if (result.outcome === "taken")
    return end(
      claim,
      claim.recipients.map(() => ({ id: null })),
    );
  if (result.outcome === "refused")
    return end(
      claim,
      claim.recipients.map(() => ({ error: result.message })),
    );
  if (result.outcome === "not_sent") await releaseClaim(claim);
  if (result.wait === "turn") return deferSend("other", id);
  throw new AppError("email_unavailable", 503, `Email provider: ${result.message}`, { retry: result.wait });
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

async function end(claim: Claim, results: ({ id: string | null } | { error: string })[]): Promise<SentChunk> {
  const outcomes = claim.recipients.map((recipient: Recipient, index) => ({
    userId: recipient.userId,
    ...(results[index] ?? { error: "no result came back" }),
  }));
  await transaction((tx) => endChunk(tx, claim, outcomes));
  const failed = outcomes.filter((outcome) => "error" in outcome).length;
  return { sent: outcomes.length - failed, failed };
}

/** Rather one email too few than the same one twice. */
async function giveUp(claim: Claim): Promise<SentChunk> {
  const { broadcastId, chunk, recipients } = claim;
  await raiseAlert({
    kind: "broadcast_chunk_unclear",
    id: `broadcast-chunk:${broadcastId}:${chunk}`,
    subject: `It is not known whether ${recipients.length} emails of a broadcast went out`,
    detail: { broadcastId, chunk, key: claim.key },
  });
  return end(
    claim,
    recipients.map(() => ({ error: "It is not known whether this went out." })),
  );
}
