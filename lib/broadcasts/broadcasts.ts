import { z } from "zod";
import { DAY, now } from "../clock";
import { db, Prisma, type Tx } from "../db";
import { outranksLastEvent, type ResendEvent } from "../email/email-events";
import { renderEmail } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { unsubscribeUrl } from "../email/unsubscribe";
import { conflict, invalid } from "../errors";
import { EVENTS } from "../events";
import { answerOnce } from "../idempotency";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { isPlainText, plainTextSchema } from "../text";
import { timeInputSchema } from "../time-schema";
import { countSchema } from "../view-schemas";
import { broadcastEmail, personalize } from "./broadcast-email";
import { FIELDS, fieldProblem, fillFields } from "./fields";
import { type Segment, segmentCondition, segmentSchema } from "./segment";
import { viewBroadcast } from "./view-broadcasts";

/** Refuses a text with a wrong field, such as `{nmae}`, which would go out as it is. */
const withFields = <S extends z.ZodType<string>>(schema: S) =>
  schema.superRefine((text, context) => {
    const message = fieldProblem(text);
    if (message) context.addIssue({ code: "custom", message });
  });

const contentSchema = z.strictObject({
  title: withFields(plainTextSchema(200)).describe(
    `The subject too. It can have the fields ${FIELDS.join(" and ")}, also with a text for readers without a name: {name|there}.`,
  ),
  message: withFields(
    z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, "")), "must not hold control characters"),
  ).describe("Plain text with fields as in the title. An empty line separates paragraphs."),
});

export const testSchema = contentSchema;

export const previewSchema = contentSchema.partial().extend({ segment: segmentSchema.default({ type: "all" }) });

export const broadcastSchema = contentSchema.extend({
  segment: segmentSchema.default({ type: "all" }),
  scheduledAt: timeInputSchema.optional().describe("When it starts, at most a year ahead; at once if it is missing."),
});

const renderedSchema = z.strictObject({ subject: z.string(), html: z.string(), text: z.string() });

export const previewViewSchema = z.strictObject({
  recipients: countSchema,
  email: renderedSchema.nullable().describe("As the caller would get it; null without a title and a message."),
});

/**
 * Counts the users of a segment now, and renders the email with the fields of `reader` as an example. Users who unsubscribed are
 * excluded only when it is sent.
 */
export async function previewBroadcast(
  { segment, title, message }: z.output<typeof previewSchema>,
  reader: Reader,
): Promise<z.output<typeof previewViewSchema>> {
  const recipients = await countRecipients(db(), segment, now());
  if (title === undefined || message === undefined) return { recipients, email: null };
  const rendered = await renderEmail(broadcastEmail({ title, message }));
  const unsubscribe = unsubscribeUrl(reader.email, "marketing") ?? "";
  return { recipients, email: personalize(rendered, { name: reader.name, unsubscribe }) };
}

/** Sends a broadcast to its author only, with the author's name in its fields. It belongs to no broadcast. */
export async function sendBroadcastTest(
  { title, message }: z.output<typeof testSchema>,
  { email: to, name }: Reader,
): Promise<{ emailId: string; to: string }> {
  const [subject, text] = [fillFields(title, name, "text"), fillFields(message, name, "text")];
  const emailId = await queueEmail({ kind: "broadcast_test", entityId: newId("bct"), to }, () =>
    broadcastEmail({ title: `[Test] ${subject}`, message: text, isTest: true }),
  );
  return { emailId, to };
}

/** The operator who sees a broadcast before its recipients. */
interface Reader {
  name: string;
  email: string;
}

/** The furthest start of a scheduled broadcast. */
const MAX_SCHEDULE_MS = 366 * DAY;

/** @throws AppError `validation_failed` (422) if the time is not ahead, or too far */
function startOf(scheduledAt: string | undefined, at: Date): Date | null {
  if (scheduledAt === undefined) return null;
  const start = new Date(scheduledAt);
  const wrong = (message: string) =>
    invalid("The broadcast cannot start at this time.", [{ path: "scheduledAt", message }]);
  if (start <= at) throw wrong("must be in the future");
  if (start.getTime() - at.getTime() > MAX_SCHEDULE_MS) throw wrong("must be within a year");
  return start;
}

export const createdBroadcastSchema = z.strictObject({ id: z.string(), recipients: countSchema });

type CreatedBroadcast = z.output<typeof createdBroadcastSchema>;

/**
 * Creates a broadcast and triggers its planning. Its recipients are those who are users of the segment when it starts: now, or at its
 * scheduled time. The same key and body return the same broadcast.
 * @throws AppError `validation_failed` (422) when the segment is empty now, or the time is not ahead; `idempotency_key_reused` (409).
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
    const { answer, replayed } = await answerOnce<CreatedBroadcast>(tx, idempotent, async () => {
      const scheduledAt = startOf(request.scheduledAt, at);
      const recipients = await countRecipients(tx, segment, at);
      if (recipients === 0)
        throw invalid("The broadcast has no recipients.", [{ path: "segment", message: "matches no user" }]);
      const content = { title, message, segment, html, text };
      await tx.broadcast.createMany({
        data: { id, ...content, createdBy, createdAt: at, progressedAt: at, scheduledAt },
      });
      publish({ name: EVENTS.NOTIFICATION_BROADCAST, id: `broadcast:${id}`, data: { broadcastId: id } });
      return { id, recipients };
    });
    return { ...answer, replayed };
  });
}

async function countRecipients(tx: Tx, segment: Segment, at: Date): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM users u WHERE u.created_at <= ${at} AND ${segmentCondition(segment, at)}`;
  return row?.count ?? 0;
}

/**
 * Stops a broadcast: emails that are not in progress are not sent. A scheduled one is cancelled. Stopping it again changes nothing.
 * @throws AppError `not_found` (404), `broadcast_finished` (409) when all emails were sent.
 */
export async function stopBroadcast(id: string): Promise<void> {
  const { status } = await viewBroadcast(id);
  if (status === "sent") throw conflict("broadcast_finished", "All emails of the broadcast were sent already.");
  await db().broadcast.updateMany({ where: { id, stoppedAt: null }, data: { stoppedAt: now() } });
}

/** The events whose first time is stored, each in the column `<event>_at`. */
const TIMED = ["delivered", "opened", "clicked", "bounced", "complained"];

/** Records an event of a broadcast's email. Returns its address, or undefined if it is no email of a broadcast. */
export async function recordBroadcastEmailEvent({ type, data }: ResendEvent, at: Date): Promise<string | undefined> {
  const timed = TIMED.find((event) => `email.${event}` === type);
  const column = Prisma.raw(`${timed}_at`);
  const first = timed ? Prisma.sql`, ${column} = coalesce(${column}, ${at}::timestamptz)` : Prisma.empty;
  // The tag identifies it too, because an event can arrive before the answer with the provider's id is saved.
  const [email] = await db().$queryRaw<{ address: string }[]>`
    UPDATE notifications SET last_event = CASE WHEN ${outranksLastEvent(type)} THEN ${type} ELSE last_event END ${first}
    WHERE provider_id = ${data.email_id ?? ""} OR (broadcast_id = ${data.tags.broadcast_id ?? ""} AND address = ANY(${data.to}))
    RETURNING address`;
  return email?.address;
}
