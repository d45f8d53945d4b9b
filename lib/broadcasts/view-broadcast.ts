import type { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { conflict, notFound } from "../errors";
import { newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { FIGURES, type Figures } from "./broadcast-stats";

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
