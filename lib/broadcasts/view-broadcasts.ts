import { z } from "zod";
import type { Broadcast } from "@/prisma/generated/client";
import { now } from "../clock";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { countRows, newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { countSchema, timeSchema } from "../view-schemas";
import { UNSUBSCRIBED } from "./send-chunk";

const statusSchema = z.enum(["scheduled", "planning", "sending", "sent", "stopped", "cancelled"]);

const broadcastSummarySchema = z.strictObject({
  ...{ id: z.string(), title: z.string(), segment: z.unknown(), status: statusSchema },
  ...{ createdAt: timeSchema, plannedAt: timeSchema.nullable(), stoppedAt: timeSchema.nullable() },
  scheduledAt: timeSchema.nullable().describe("When it starts; null: at once."),
});

/** Recipients are inserted when a broadcast starts; all of them are, once planning is done. */
const listedCountsSchema = z.strictObject({
  ...{ recipients: countSchema, sent: countSchema, failed: countSchema },
  unsubscribed: countSchema.describe("Recipients who had unsubscribed when the email was due."),
});

export const listedBroadcastSchema = broadcastSummarySchema.extend({ counts: listedCountsSchema });

/** Engagement comes from the provider's events. A recipient who clicked counts as opened, even if the pixel was not loaded. */
export const broadcastViewSchema = broadcastSummarySchema.extend({
  message: z.string(),
  counts: z.strictObject({
    /** Inserted so far; all of them once planning is done. */
    recipients: countSchema,
    ...{ pending: countSchema, sent: countSchema, failed: countSchema, stopped: countSchema },
    refused: countSchema.describe("Unsubscribed, suppressed or no longer a user when the email was due."),
    unsubscribed: countSchema.describe("Those of the refused who had unsubscribed."),
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
type Summary = Pick<Broadcast, "id" | "title" | "segment" | "createdAt" | "plannedAt" | "stoppedAt" | "scheduledAt">;

interface BroadcastRow extends Summary {
  message: string;
  figures: Figures;
}

/** Returns a broadcast with its counts. @throws AppError `not_found` (404). */
export async function viewBroadcast(id: string) {
  const [row] = await db().$queryRaw<BroadcastRow[]>`
    SELECT b.id, b.title, b.message, b.segment, b.created_at AS "createdAt", b.planned_at AS "plannedAt", b.stopped_at AS "stoppedAt",
      b.scheduled_at AS "scheduledAt",
      ${FIGURES} AS figures
    FROM broadcasts b WHERE b.id = ${id}`;
  if (!row) throw notFound("broadcast");
  const { message, figures, ...broadcast } = row;
  const { recipients, pending, sent, refused, unsubscribed = 0, failed, stopped, last, ...engagement } = figures;
  const status = statusOf(broadcast, pending);
  const endedAt = last ? new Date(last) : (broadcast.plannedAt ?? broadcast.stoppedAt);
  return {
    ...broadcast,
    status,
    message,
    counts: { recipients, pending, sent, refused, unsubscribed, failed, stopped },
    engagement,
    progress: recipients === 0 ? 0 : (recipients - pending) / recipients,
    finishedAt: pending === 0 && status !== "planning" && status !== "scheduled" ? endedAt : null,
  };
}

function statusOf({ plannedAt, stoppedAt, scheduledAt }: Summary, pending: number): z.output<typeof statusSchema> {
  if (stoppedAt) return scheduledAt && stoppedAt < scheduledAt ? "cancelled" : "stopped";
  if (!plannedAt) return scheduledAt && scheduledAt > now() ? "scheduled" : "planning";
  return pending > 0 ? "sending" : "sent";
}

export const broadcastListSchema = pageQuery(20);

const openChunks = { where: { status: { not: "done" as const } } };

/** Returns a page of broadcasts, newest first, with the counts of their emails so far. */
export async function listBroadcasts(query: z.output<typeof broadcastListSchema>) {
  const rows = await db().broadcast.findMany({
    ...newestFirst(query),
    select: {
      ...{ id: true, title: true, segment: true, createdAt: true, plannedAt: true, stoppedAt: true, scheduledAt: true },
      ...{ figures: true, _count: { select: { chunks: openChunks } } },
    },
  });
  const sums = await db().broadcastChunk.groupBy({
    by: "broadcastId",
    where: { broadcastId: { in: rows.map(({ id }) => id) } },
    _sum: { recipients: true, sent: true, failed: true, unsubscribed: true },
  });
  const sumOf = new Map(sums.map(({ broadcastId, _sum }) => [broadcastId, _sum]));
  return newestFirstPage(rows, query.limit, ({ _count, figures, ...row }) => ({
    ...row,
    status: statusOf(row, _count.chunks),
    counts: archivedCountsSchema.parse(figures ?? sumOf.get(row.id) ?? {}),
  }));
}

/** Returns the number of broadcasts. */
export const countBroadcasts = () => countRows((limit) => db().broadcast.count(limit));

const archivedCount = countSchema.default(0);
const archivedCountsSchema = z.object({
  ...{ recipients: archivedCount, sent: archivedCount, failed: archivedCount, unsubscribed: archivedCount },
});

/** The counts of a broadcast, and when its last email ended. */
type Figures = Omit<View["counts"], "unsubscribed"> & { unsubscribed?: number } & View["engagement"] & {
    last: string | null;
  };

const COUNTED = Prisma.sql`(
  SELECT json_build_object(
    'recipients', count(*), 'pending', count(*) FILTER (WHERE status IN ('pending', 'sending')),
    'sent', count(*) FILTER (WHERE status = 'sent'), 'refused', count(*) FILTER (WHERE status = 'refused'),
    'failed', count(*) FILTER (WHERE status = 'failed'), 'stopped', count(*) FILTER (WHERE status = 'stopped'),
    'unsubscribed', count(*) FILTER (WHERE status = 'refused' AND error = ${UNSUBSCRIBED}),
    'delivered', count(delivered_at), 'opened', count(coalesce(opened_at, clicked_at)), 'clicked', count(clicked_at),
    'bounced', count(bounced_at), 'complained', count(complained_at), 'last', max(ended_at))::jsonb
  FROM notifications n WHERE n.broadcast_id = b.id)`;

/** The SQL expression for the `Figures` of `broadcasts b`: the archived ones, or counted from its recipients. */
const FIGURES = Prisma.sql`coalesce(b.figures, ${COUNTED})`;

/**
 * Returns the UPDATE that archives the figures of broadcasts that were planned or stopped before a moment and have finished, so that
 * their recipients can be deleted. A broadcast can be created long before it is due. `created_at` is for the index.
 */
export const archival = (before: Date, limit: number): Prisma.Sql => Prisma.sql`
  UPDATE broadcasts b SET figures = ${COUNTED}, html = '', text = '' WHERE id IN (
    SELECT id FROM broadcasts o WHERE created_at < ${before} AND greatest(planned_at, stopped_at) < ${before} AND figures IS NULL
      AND NOT EXISTS (SELECT 1 FROM broadcast_chunks c WHERE c.broadcast_id = o.id AND c.status <> 'done')
    ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
