import { z } from "zod";
import type { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { db } from "../db";
import { notFound } from "../errors";
import { pageOf, readCursor } from "../pagination";
import type { ImportProblem } from "./import-error";

export const importQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(500).optional(),
});

interface Row {
  id: string;
  type: ImportType;
  url: string;
  status: ImportStatus;
  duplicateOf: string | null;
  rows: number | null;
  created: number;
  updated: number;
  unchanged: number;
  bad: number;
  length: number | null;
  fetched: number;
  applied: number;
  problem: ImportProblem | null;
  createdAt: Date;
  endedAt: Date | null;
}

const cursorSchema = z.tuple([z.int(), z.string()]);

/** An import with its counts, and a page of its bad rows by line and column. @throws AppError `not_found` (404). */
export async function viewImport(id: string, { limit, cursor }: z.output<typeof importQuerySchema>) {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT id, type, url, status, duplicate_of AS "duplicateOf", rows, created, updated, unchanged, bad, length::float8, fetched::float8,
      CASE WHEN status IN ('applying', 'done') THEN byte_cursor ELSE 0 END::float8 AS applied, problem,
      created_at AS "createdAt", ended_at AS "endedAt"
    FROM imports WHERE id = ${id}`;
  if (!row) throw notFound("import");
  const [line, column] = cursor === undefined ? [0, ""] : readCursor(cursor, cursorSchema);
  const errors = await db().$queryRaw<{ line: number; column: string; message: string }[]>`
    SELECT line, column_name AS "column", message FROM import_errors
    WHERE import_id = ${id} AND (line, column_name) > (${line}, ${column}) ORDER BY line, column_name LIMIT ${limit + 1}`;
  const { created, updated, unchanged, bad, length, fetched, applied, ...rest } = row;
  return {
    ...rest,
    counts: { created, updated, unchanged, bad },
    bytes: { length, fetched, applied },
    errors: pageOf(
      errors,
      limit,
      (error) => error,
      (error) => [error.line, error.column],
    ),
  };
}
