import { z } from "zod";
import { now } from "../clock";
import { db, type Tx } from "../db";
import { renderEmail } from "../email/render-email";
import { invalid } from "../errors";
import { EVENTS } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { isPlainText, plainTextSchema } from "../text";
import { broadcastEmail } from "./broadcast-email";
import { type Segment, segmentCondition, segmentSchema } from "./segment";

export const previewSchema = z.strictObject({ segment: segmentSchema.default({ type: "all" }) });

export const broadcastSchema = previewSchema.extend({
  /** It is the subject too, which is one line (RFC 5322, 2.1.1: at most 998 characters; inboxes show about 60). */
  title: plainTextSchema(200),
  /** Plain text. An empty line separates paragraphs. */
  message: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, "")), "must not hold control characters"),
});

/** Counts the users of a segment now. Those who unsubscribed are excluded only when it is sent. */
export async function previewBroadcast({ segment }: { segment: Segment }): Promise<{ recipients: number }> {
  return { recipients: await countRecipients(db(), segment, now()) };
}

export interface CreatedBroadcast {
  id: string;
  recipients: number;
}

/**
 * Creates a broadcast to those who are users at this moment and triggers its planning. The same key and body return the same
 * broadcast.
 * @throws AppError `validation_failed` (422) when the segment is empty; `idempotency_key_reused` (409).
 */
export async function createBroadcast(
  request: z.output<typeof broadcastSchema>,
  createdBy: string,
  key?: string,
): Promise<CreatedBroadcast & { replayed: boolean }> {
  const { title, message, segment } = request;
  const idempotent = key === undefined ? undefined : { scope: "broadcast", caller: createdBy, key, body: request };
  const { html, text } = await renderEmail(broadcastEmail({ title, message }));
  const [id, at] = [newId("bc"), now()];
  return withOutbox(async (tx, publish) => {
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<CreatedBroadcast>(idempotent, tx);
      if (answer) return { ...answer, replayed: true };
    }
    const answer = { id, recipients: await countRecipients(tx, segment, at) };
    if (answer.recipients === 0)
      throw invalid("The broadcast has no recipients.", [{ path: "segment", message: "matches no user" }]);
    const content = { title, message, segment, html, text };
    await tx.broadcast.createMany({ data: { id, ...content, createdBy, createdAt: at, progressedAt: at } });
    if (idempotent) await saveResponse(tx, idempotent, answer);
    publish({ name: EVENTS.NOTIFICATION_BROADCAST, id: `broadcast:${id}`, data: { broadcastId: id } });
    return { ...answer, replayed: false };
  });
}

async function countRecipients(tx: Tx, segment: Segment, at: Date): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM users u WHERE u.created_at <= ${at} AND ${segmentCondition(segment, at)}`;
  return row?.count ?? 0;
}
