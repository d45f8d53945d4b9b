import { z } from "zod";
import { now } from "../clock";
import { db, type Tx, transaction } from "../db";
import { renderEmail } from "../email/render-email";
import { invalid } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { isPlainText, plainText } from "../text";
import { broadcastEmail } from "./broadcast-email";
import { type Segment, segmentCondition, segmentSchema } from "./segment";

export const previewSchema = z.strictObject({ segment: segmentSchema.default({ type: "all" }) });

export const broadcastSchema = previewSchema.extend({
  /** The subject too, so it stands on one line (RFC 5322, 2.1.1: 998 characters at most; inboxes show some 60). */
  title: plainText(200),
  /** An empty line parts paragraphs. */
  message: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, "")), "must not hold control characters"),
});

/** How many users a segment holds now. Some of them may have unsubscribed: that is read when it is sent. */
export async function previewBroadcast({ segment }: { segment: Segment }): Promise<{ recipients: number }> {
  return { recipients: await countRecipients(db(), segment, now()) };
}

export interface CreatedBroadcast {
  id: string;
  recipients: number;
}

/**
 * Writes a broadcast down and sets it going. It is for those who are users at this moment. The same key and body again are
 * the same broadcast.
 * @throws AppError `validation_failed` (422) when the segment holds nobody; `idempotency_key_reused` (409).
 */
export async function createBroadcast(
  request: z.output<typeof broadcastSchema>,
  createdBy: string,
  key?: string,
): Promise<CreatedBroadcast & { replayed: boolean }> {
  const { title, message, segment } = request;
  const idempotent = key === undefined ? undefined : { scope: "broadcast", key, body: request };
  const { html, text } = await renderEmail(broadcastEmail({ title, message }));
  const [id, at] = [newId("bc"), now()];
  const event: OutgoingEvent = {
    name: EVENTS.NOTIFICATION_BROADCAST,
    id: `broadcast:${id}`,
    data: { broadcastId: id },
  };
  const created = await transaction(async (tx) => {
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<CreatedBroadcast>(idempotent, tx);
      if (answer) return { ...answer, replayed: true };
    }
    const answer = { id, recipients: await countRecipients(tx, segment, at) };
    if (answer.recipients === 0)
      throw invalid("The broadcast would reach nobody.", [{ path: "segment", message: "holds no user" }]);
    await tx.$executeRaw`
      INSERT INTO broadcasts (id, title, message, segment, html, text, created_by, created_at, moved_at)
      VALUES (${id}, ${title}, ${message}, ${JSON.stringify(segment)}::jsonb, ${html}, ${text}, ${createdBy}, ${at}, ${at})`;
    if (idempotent) await saveResponse(tx, idempotent, answer);
    await enqueue(tx, [event]);
    return { ...answer, replayed: false };
  });
  if (!created.replayed) await announce([event]);
  return created;
}

async function countRecipients(from: Tx, segment: Segment, at: Date): Promise<number> {
  const [row] = await from.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM users u WHERE u.created_at <= ${at} AND ${segmentCondition(segment, at)}`;
  return row?.count ?? 0;
}
