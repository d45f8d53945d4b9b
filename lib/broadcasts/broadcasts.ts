import { z } from "zod";
import type { Broadcast } from "@/prisma/generated/client";
import { now } from "../clock";
import { db, Prisma, type Tx } from "../db";
import { outranksLastEvent, type ResendEvent } from "../email/email-events";
import { renderEmail } from "../email/render-email";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { isPlainText, plainTextSchema } from "../text";
import { countSchema, timeSchema } from "../view-schemas";
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

export const createdBroadcastSchema = z.strictObject({ id: z.string(), recipients: countSchema });

type CreatedBroadcast = z.output<typeof createdBroadcastSchema>;

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

const statusSchema = z.enum(["planning", "sending", "sent", "stopped"]);

export const broadcastSummarySchema = z.strictObject({
  ...{ id: z.string(), title: z.string(), segment: z.unknown(), status: statusSchema },
  ...{ createdAt: timeSchema, plannedAt: timeSchema.nullable(), stoppedAt: timeSchema.nullable() },
});

/** Engagement comes from the provider's events. A recipient who clicked counts as opened, even if the pixel was not loaded. */
export const broadcastViewSchema = broadcastSummarySchema.extend({
  message: z.string(),
  counts: z.strictObject({
    /** Inserted so far; all of them once planning is done. */
    recipients: countSchema,
    ...{ pending: countSchema, sent: countSchema, failed: countSchema, stopped: countSchema },
    refused: countSchema.describe("Unsubscribed, suppressed or no longer a user when the email was due."),
  }),
  engagement: z.strictObject({
    ...{ delivered: countSchema, opened: countSchema, clicked: countSchema, bounced: countSchema },
    complained: countSchema,
  }),
  /** The share of known recipients whose email has ended. */
  progress: z.number().min(0).max(1),
  finishedAt: timeSchema.nullable(),
});

type View = z.output<typeof broadcastViewSchema>;
type Summary = Pick<Broadcast, "id" | "title" | "segment" | "createdAt" | "plannedAt" | "stoppedAt">;

interface BroadcastRow extends Summary {
  message: string;
  figures: Figures;
}

/** Returns a broadcast with its counts. @throws AppError `not_found` (404). */
export async function viewBroadcast(id: string) {
  const [row] = await db().$queryRaw<BroadcastRow[]>`
    SELECT b.id, b.title, b.message, b.segment, b.created_at AS "createdAt", b.planned_at AS "plannedAt", b.stopped_at AS "stoppedAt",
      ${FIGURES} AS figures
    FROM broadcasts b WHERE b.id = ${id}`;
  if (!row) throw notFound("broadcast");
  const { message, figures, ...broadcast } = row;
  const { recipients, pending, sent, refused, failed, stopped, last, ...engagement } = figures;
  const status = statusOf(broadcast, pending);
  const endedAt = last ? new Date(last) : (broadcast.plannedAt ?? broadcast.stoppedAt);
  return {
    ...broadcast,
    status,
    message,
    counts: { recipients, pending, sent, refused, failed, stopped },
    engagement,
    progress: recipients === 0 ? 0 : (recipients - pending) / recipients,
    finishedAt: pending === 0 && status !== "planning" ? endedAt : null,
  };
}

function statusOf({ plannedAt, stoppedAt }: Summary, pending: number): z.output<typeof statusSchema> {
  if (stoppedAt) return "stopped";
  if (!plannedAt) return "planning";
  return pending > 0 ? "sending" : "sent";
}

export const broadcastListSchema = pageQuery(20);

const openChunks = { where: { status: { not: "done" as const } } };

/** Returns a page of broadcasts, newest first. */
export async function listBroadcasts(query: z.output<typeof broadcastListSchema>) {
  const rows = await db().broadcast.findMany({
    ...newestFirst(query),
    select: {
      ...{ id: true, title: true, segment: true, createdAt: true, plannedAt: true, stoppedAt: true },
      _count: { select: { chunks: openChunks } },
    },
  });
  return newestFirstPage(rows, query.limit, ({ _count, ...row }) => ({ ...row, status: statusOf(row, _count.chunks) }));
}

/**
 * Stops a broadcast: emails that are not in progress are not sent. Stopping it again changes nothing.
 * @throws AppError `not_found` (404), `broadcast_finished` (409) when all emails were sent.
 */
export async function stopBroadcast(id: string): Promise<void> {
  const { status } = await viewBroadcast(id);
  if (status === "sent") throw conflict("broadcast_finished", "All emails of the broadcast were sent already.");
  await db().broadcast.updateMany({ where: { id, stoppedAt: null }, data: { stoppedAt: now() } });
}

/** The counts of a broadcast, and when its last email ended. */
type Figures = View["counts"] & View["engagement"] & { last: string | null };

const COUNTED = Prisma.sql`(
  SELECT json_build_object(
    'recipients', count(*), 'pending', count(*) FILTER (WHERE status IN ('pending', 'sending')),
    'sent', count(*) FILTER (WHERE status = 'sent'), 'refused', count(*) FILTER (WHERE status = 'refused'),
    'failed', count(*) FILTER (WHERE status = 'failed'), 'stopped', count(*) FILTER (WHERE status = 'stopped'),
    'delivered', count(delivered_at), 'opened', count(coalesce(opened_at, clicked_at)), 'clicked', count(clicked_at),
    'bounced', count(bounced_at), 'complained', count(complained_at), 'last', max(ended_at))::jsonb
  FROM notifications n WHERE n.broadcast_id = b.id)`;

/** The SQL expression for the `Figures` of `broadcasts b`: the archived ones, or counted from its recipients. */
const FIGURES = Prisma.sql`coalesce(b.figures, ${COUNTED})`;

/** Returns the UPDATE that archives the figures of finished broadcasts, so that their recipients can be deleted. */
export const archival = (before: Date, limit: number): Prisma.Sql => Prisma.sql`
  UPDATE broadcasts b SET figures = ${COUNTED}, html = '', text = '' WHERE id IN (
    SELECT id FROM broadcasts o WHERE created_at < ${before} AND figures IS NULL AND (planned_at IS NOT NULL OR stopped_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM broadcast_chunks c WHERE c.broadcast_id = o.id AND c.status <> 'done')
    ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;

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
