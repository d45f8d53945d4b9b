import { render } from "@react-email/render";
import { z } from "zod";
import { now } from "../clock";
import { db, type Tx, transaction } from "../db";
import { broadcastMail } from "../email/broadcast-mail";
import { invalid } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { isPlainText, plainText } from "../text";
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

/**
 * Writes a broadcast down and sets it going. It is for those who are users at this moment.
 * @throws AppError `validation_failed` (422) when the segment holds nobody.
 */
export async function createBroadcast(
  { title, message, segment }: z.output<typeof broadcastSchema>,
  createdBy: string,
): Promise<{ id: string; recipients: number }> {
  const { body } = broadcastMail({ title, message });
  const [html, text] = await Promise.all([render(body), render(body, { plainText: true })]);
  const [id, at] = [newId("bc"), now()];
  const event: OutgoingEvent = {
    name: EVENTS.NOTIFICATION_BROADCAST,
    id: `broadcast:${id}`,
    data: { broadcastId: id },
  };
  const recipients = await transaction(async (tx) => {
    const found = await countRecipients(tx, segment, at);
    if (found === 0)
      throw invalid("The broadcast would reach nobody.", [{ path: "segment", message: "holds no user" }]);
    await tx.$executeRaw`
      INSERT INTO broadcasts (id, title, message, segment, html, text, created_by, created_at, moved_at)
      VALUES (${id}, ${title}, ${message}, ${JSON.stringify(segment)}::jsonb, ${html}, ${text}, ${createdBy}, ${at}, ${at})`;
    await enqueue(tx, [event]);
    return found;
  });
  await announce([event]);
  return { id, recipients };
}

async function countRecipients(from: Tx, segment: Segment, at: Date): Promise<number> {
  const [row] = await from.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM users u WHERE u.created_at <= ${at} AND ${segmentCondition(segment, at)}`;
  return row?.count ?? 0;
}
