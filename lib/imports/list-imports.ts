import { z } from "zod";
import { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { db } from "../db";
import { newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { timeSchema } from "../view-schemas";

/** The query of `GET /api/admin/imports`. */
export const importListSchema = pageQuery(20);

export const importSummarySchema = z.strictObject({
  ...{ id: z.string(), type: z.enum(ImportType), url: z.string() },
  ...{ status: z.enum(ImportStatus), createdAt: timeSchema },
});

/** Returns a page of imports, newest first. */
export async function listImports(query: z.output<typeof importListSchema>) {
  const select = { id: true, type: true, url: true, status: true, createdAt: true };
  const rows = await db().import.findMany({ select, ...newestFirst(query) });
  return newestFirstPage(rows, query.limit, (row) => row);
}
