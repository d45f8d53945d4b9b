import { z } from "zod";
import type { Broadcast } from "@/prisma/generated/client";
import { now } from "../clock";
import { db, type Tx } from "../db";
import { renderEmail } from "../email/render-email";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { isPlainText, plainTextSchema } from "../text";
import { broadcastEmail } from "./broadcast-email";
import { FIGURES, type Figures } from "./broadcast-stats";
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
  const idempotent = key === undefined ? undefined : { scope: "broadcast", key, body: request };
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
    /** From 0 to 1: the share of known recipients whose email has ended. */
    progress: recipients === 0 ? 0 : (recipients - pending) / recipients,
    finishedAt: pending === 0 && status !== "planning" ? endedAt : null,
  };
}

function statusOf({ plannedAt, stoppedAt }: Summary, pending: number): "planning" | "sending" | "sent" | "stopped" {
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
