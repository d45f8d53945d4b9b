import type { z } from "zod";
import type { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { db } from "../db";
import { newestFirst, newestFirstPage, type Page, pageQuery } from "../pagination";

/** The query of `GET /api/admin/imports`. */
export const importListSchema = pageQuery(20);

export interface ImportSummary {
  id: string;
  type: ImportType;
  url: string;
  status: ImportStatus;
  createdAt: Date;
}

/** Returns a page of imports, newest first. */
export async function listImports(query: z.output<typeof importListSchema>): Promise<Page<ImportSummary>> {
  const select = { id: true, type: true, url: true, status: true, createdAt: true };
  const rows = await db().import.findMany({ select, ...newestFirst(query) });
  return newestFirstPage(rows, query.limit, (row) => row);
}
