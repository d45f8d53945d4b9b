import { z } from "zod";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { pageOf, readCursor } from "../pagination";
import { FIGURES, type Figures } from "./broadcast-stats";

interface Row {
  id: string;
  title: string;
  message: string;
  segment: unknown;
  created_at: Date;
  planned_at: Date | null;
  stopped_at: Date | null;
}

/** A broadcast with its counts. @throws AppError `not_found` (404). */
export async function viewBroadcast(id: string) {
  const [row] = await db().$queryRaw<(Row & { figures: Figures })[]>`
    SELECT b.id, b.title, b.message, b.segment, b.created_at, b.planned_at, b.stopped_at, ${FIGURES} AS figures FROM broadcasts b WHERE b.id = ${id}`;
  if (!row) throw notFound("broadcast");
  const { recipients, pending, sent, refused, failed, stopped, last, ...engagement } = row.figures;
  const known = summary(row, pending);
  return {
    ...known,
    message: row.message,
    counts: { recipients, pending, sent, refused, failed, stopped },
    engagement,
    /** From 0 to 1: the share of known recipients whose email has come to its end. */
    progress: recipients === 0 ? 0 : (recipients - pending) / recipients,
    finishedAt:
      pending === 0 && known.status !== "planning"
        ? last
          ? new Date(last)
          : (row.planned_at ?? row.stopped_at)
        : null,
  };
}

function statusOf(row: Row, pending: number): "planning" | "sending" | "sent" | "stopped" {
  if (row.stopped_at) return "stopped";
  if (!row.planned_at) return "planning";
  return pending > 0 ? "sending" : "sent";
}

const summary = (row: Row, pending: number) => ({
  id: row.id,
  title: row.title,
  segment: row.segment,
  status: statusOf(row, pending),
  createdAt: row.created_at,
  plannedAt: row.planned_at,
  stoppedAt: row.stopped_at,
});

export const broadcastListSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

/** Broadcasts, newest first. */
export async function listBroadcasts({ limit, cursor }: z.output<typeof broadcastListSchema>) {
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<(Row & { pending: number })[]>`
    SELECT id, title, message, segment, created_at, planned_at, stopped_at,
      (SELECT count(*)::int FROM broadcast_chunks c WHERE c.broadcast_id = b.id AND c.status <> 'done') AS pending
    FROM broadcasts b
    ${after ? Prisma.sql`WHERE (created_at, id) < (${after[0]}::timestamptz, ${after[1]})` : Prisma.empty}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => summary(row, row.pending),
    ({ created_at, id }) => [created_at.toISOString(), id],
  );
}
