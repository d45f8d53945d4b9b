import { z } from "zod";
import type { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { type Page, pageOf, readCursor } from "../pagination";

/** The query of `GET /api/admin/imports`. */
export const importListSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

export interface ImportSummary {
  id: string;
  type: ImportType;
  url: string;
  status: ImportStatus;
  createdAt: Date;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

/** Imports, newest first. */
export async function listImports({ limit, cursor }: z.output<typeof importListSchema>): Promise<Page<ImportSummary>> {
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<ImportSummary[]>`
    SELECT id, type, url, status, created_at AS "createdAt" FROM imports
    ${after ? Prisma.sql`WHERE (created_at, id) < (${after[0]}::timestamptz, ${after[1]})` : Prisma.empty}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => row,
    ({ createdAt, id }) => [createdAt.toISOString(), id],
  );
}
