import { z } from "zod";
import { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { type CsvFormat, csvFormat, csvLine, csvStart } from "../csv";
import { db } from "../db";
import { notFound } from "../errors";
import { countRows, newestFirst, newestFirstPage, pageOf, pageQuery, readCursor } from "../pagination";
import { countSchema, pageSchema, selectOf, timeSchema } from "../view-schemas";
import { importProblemSchema } from "./import-error";

/** The query of `GET /api/admin/imports`. */
export const importListSchema = pageQuery(20);

export const importSummarySchema = z.strictObject({
  ...{ id: z.string(), type: z.enum(ImportType) },
  url: z.string().nullable().describe("Null if the file was uploaded."),
  fileName: z.string().nullable().describe("The name of the uploaded file."),
  dryRun: z.boolean(),
  ...{ status: z.enum(ImportStatus), createdAt: timeSchema },
});

/** Returns a page of imports, newest first. */
export async function listImports(query: z.output<typeof importListSchema>) {
  const select = selectOf(importSummarySchema);
  const rows = await db().import.findMany({ select, ...newestFirst(query) });
  return newestFirstPage(rows, query.limit, (row) => row);
}

/** Returns the number of imports. */
export const countImports = () => countRows((limit) => db().import.count(limit));

/** Returns the number of the saved problems of an import's rows. */
export const countImportErrors = (importId: string) =>
  countRows((limit) => db().importError.count({ where: { importId }, ...limit }));

export const importQuerySchema = pageQuery(100, 1_000);

export const importViewSchema = importSummarySchema.extend({
  appliedAs: z.string().nullable().describe("The import that applied the file of this dry run."),
  duplicateOf: z.string().nullable().describe("The earlier import of the same file, if this one changed nothing."),
  rows: countSchema.nullable().describe("Null until the whole file is read."),
  counts: z
    .strictObject({ created: countSchema, updated: countSchema, unchanged: countSchema, bad: countSchema })
    .describe("The rows so far. In a dry run: what the import would do."),
  bytes: z.strictObject({ length: countSchema.nullable(), fetched: countSchema, applied: countSchema }),
  problem: z.strictObject({ ...importProblemSchema.shape, line: countSchema.optional() }).nullable(),
  endedAt: timeSchema.nullable(),
  errors: pageSchema(
    z.strictObject({ line: countSchema, sku: z.string().nullable(), column: z.string(), message: z.string() }),
  ),
});

const cursorSchema = z.tuple([z.int32(), z.string()]);

/** Returns an import with its counts, and a page of its bad rows by line and column. @throws AppError `not_found` (404). */
export async function viewImport(id: string, { limit, cursor }: z.output<typeof importQuerySchema>) {
  const [line, column] = cursor === undefined ? [0, ""] : readCursor(cursor, cursorSchema);
  const row = await db().import.findUnique({
    where: { id },
    select: {
      ...selectOf(importSummarySchema),
      ...{ appliedAs: true, duplicateOf: true, rows: true, problem: true },
      ...{ created: true, updated: true, unchanged: true, bad: true, length: true, fetched: true, byteCursor: true },
      endedAt: true,
      errors: {
        select: { line: true, sku: true, columnName: true, message: true },
        where: { line: { gte: line }, OR: [{ line: { gt: line } }, { columnName: { gt: column } }] },
        orderBy: [{ line: "asc" }, { columnName: "asc" }],
        take: limit + 1,
      },
    },
  });
  if (!row) throw notFound("import");
  const { created, updated, unchanged, bad, length, fetched, byteCursor, problem, errors, ...rest } = row;
  const applied = rest.status === "applying" || rest.status === "done" ? byteCursor : 0;
  return {
    ...rest,
    problem: importProblemSchema.nullable().parse(problem),
    counts: { created, updated, unchanged, bad },
    bytes: { length, fetched, applied },
    errors: pageOf(
      errors,
      limit,
      ({ columnName, ...error }) => ({ ...error, column: columnName }),
      (error) => [error.line, error.columnName],
    ),
  };
}

/** The query of `GET /api/admin/imports/{id}/errors.csv`. */
export const errorExportSchema = z.strictObject(csvFormat);

const ERRORS_PER_READ = 1_000;

/**
 * Returns the lines of a CSV file with the saved problems of an import's rows, by line and column. It is read in pages.
 * @throws AppError `not_found` (404), before the first line
 */
export async function exportImportErrors(id: string, format: CsvFormat): Promise<AsyncGenerator<string>> {
  const first = await viewImport(id, { limit: ERRORS_PER_READ });
  return (async function* lines() {
    yield csvStart(format) + csvLine(["line", "sku", "field", "reason"], format);
    for (
      let { errors } = first;
      ;
      { errors } = await viewImport(id, { limit: ERRORS_PER_READ, cursor: errors.nextCursor })
    ) {
      for (const { line, sku, column, message } of errors.items)
        yield csvLine([line, sku, fieldOf(column), message], format);
      if (errors.nextCursor === null) return;
    }
  })();
}

/** Returns the name of the column that a problem is about. */
export const fieldOf = (column: string): string => (column === "*" ? "row" : column);
