import { z } from "zod";
import { db } from "../db";
import { pageOf, readCursor } from "../pagination";
import { timeSchema } from "../view-schemas";

export const taskQuerySchema = z.strictObject({
  status: z.enum(["open", "resolved"]).default("open"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);
const causeSchema = z.looseObject({ code: z.string(), message: z.string() });

export const taskViewSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  entityId: z.string(),
  cause: causeSchema,
  createdAt: timeSchema,
  resolvedAt: timeSchema.nullable(),
  resolvedBy: z.string().nullable(),
  resolution: z.string().nullable(),
  note: z.string().nullable(),
});

/** Returns a page of the manual queue, the oldest task first: open tasks, or resolved ones. */
export async function listTasks({ status, limit, cursor }: z.output<typeof taskQuerySchema>) {
  const [createdAt, id] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const after = createdAt && { OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }] };
  const rows = await db().manualTask.findMany({
    where: { resolvedAt: status === "open" ? null : { not: null }, ...after },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (row) => ({ ...row, cause: causeSchema.parse(row.cause) }),
    (row) => [row.createdAt.toISOString(), row.id],
  );
}
