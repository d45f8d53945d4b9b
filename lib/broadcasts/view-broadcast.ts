import { z } from "zod";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { pageOf, readCursor } from "../paging";
import { FIGURES, type Figures } from "./figures";

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
  const status = statusOf(row, pending);
  return {
    ...summary(row),
    status,
    message: row.message,
    counts: { recipients, pending, sent, refused, failed, stopped },
    engagement,
    /** From 0 to 1: the share of known recipients whose mail has come to its end. */
    progress: recipients === 0 ? 0 : (recipients - pending) / recipients,
    finishedAt:
      pending === 0 && status !== "planning" ? (last ? new Date(last) : (row.planned_at ?? row.stopped_at)) : null,
  };
}

function statusOf(row: Row, pending: number): "planning" | "sending" | "sent" | "stopped" {
  if (row.stopped_at) return "stopped";
  if (!row.planned_at) return "planning";
  return pending > 0 ? "sending" : "sent";
}

const summary = ({ id, title, segment, created_at, planned_at, stopped_at }: Row) => ({
  id,
  title,
  segment,
  createdAt: created_at,
  plannedAt: planned_at,
  stoppedAt: stopped_at,
});

export const broadcastListSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

/** Broadcasts, newest first. */
export async function listBroadcasts({ limit, cursor }: z.output<typeof broadcastListSchema>) {
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<Row[]>`
    SELECT id, title, message, segment, created_at, planned_at, stopped_at FROM broadcasts
    ${after ? Prisma.sql`WHERE (created_at, id) < (${after[0]}::timestamptz, ${after[1]})` : Prisma.empty}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return pageOf(rows, limit, summary, ({ created_at, id }) => [created_at.toISOString(), id]);
}
