import { z } from "zod";
import { db, Prisma } from "../db";
import { pageOf, readCursor } from "../pagination";

export const taskQuerySchema = z.strictObject({
  status: z.enum(["open", "resolved"]).default("open"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

interface Row {
  id: string;
  kind: string;
  entityId: string;
  cause: { code: string; message: string };
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  resolution: string | null;
  note: string | null;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

/** What waits for a person, the longest waiting first; or what has been decided. */
export async function listTasks({ status, limit, cursor }: z.output<typeof taskQuerySchema>) {
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<Row[]>`
    SELECT id, kind, entity_id AS "entityId", cause, created_at AS "createdAt", resolved_at AS "resolvedAt",
      resolved_by AS "resolvedBy", resolution, note
    FROM manual_queue WHERE (resolved_at IS NULL) = ${status === "open"}
      ${after ? Prisma.sql`AND (created_at, id) > (${after[0]}::timestamptz, ${after[1]})` : Prisma.empty}
    ORDER BY created_at, id LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => row,
    ({ createdAt, id }) => [createdAt.toISOString(), id],
  );
}
