import { z } from "zod";
import { db } from "../db";
import { notFound } from "../errors";
import { newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { countSchema, timeSchema } from "../view-schemas";
import { FIGURES, type Figures } from "./broadcast-stats";

const statusSchema = z.enum(["planning", "sending", "sent", "stopped"]);

export const broadcastSummarySchema = z.strictObject({
  ...{ id: z.string(), title: z.string(), segment: z.unknown(), status: statusSchema },
  ...{ createdAt: timeSchema, plannedAt: timeSchema.nullable(), stoppedAt: timeSchema.nullable() },
});

export const broadcastViewSchema = broadcastSummarySchema.extend({
  message: z.string(),
  counts: z.strictObject({
    recipients: countSchema,
    pending: countSchema,
    sent: countSchema,
    refused: countSchema.describe("Unsubscribed, suppressed or no longer a user when the email was due."),
    failed: countSchema,
    stopped: countSchema,
  }),
  engagement: z.strictObject({
    ...{ delivered: countSchema, opened: countSchema, clicked: countSchema, bounced: countSchema },
    complained: countSchema,
  }),
  /** The share of known recipients whose email has ended. */
  progress: z.number().min(0).max(1),
  finishedAt: timeSchema.nullable(),
});

interface Summary {
  id: string;
  title: string;
  segment: unknown;
  createdAt: Date;
  plannedAt: Date | null;
  stoppedAt: Date | null;
}

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
