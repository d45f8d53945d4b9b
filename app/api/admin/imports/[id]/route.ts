import { z } from "zod";
import { importSummary } from "@/app/admin-schemas";
import { count, idParams, pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { importQuerySchema, viewImport } from "@/lib/imports/view-import";

const importDetails = importSummary.extend({
  duplicateOf: z.string().nullable().describe("The earlier import of the same file, if this one changed nothing."),
  rows: count.nullable().describe("Null until the whole file is read."),
  counts: z.strictObject({ created: count, updated: count, unchanged: count, bad: count }),
  bytes: z.strictObject({ length: count.nullable(), fetched: count, applied: count }),
  problem: z
    .strictObject({ code: z.string(), message: z.string(), line: count.optional(), column: z.string().optional() })
    .nullable(),
  endedAt: time.nullable(),
  errors: pageOf(z.strictObject({ line: count, column: z.string(), message: z.string() })),
});

export const GET = endpoint({
  summary: "Returns an import with its counts and its bad rows",
  role: "manager",
  params: idParams,
  query: importQuerySchema,
  responses: { 200: { schema: importDetails } },
  handler: ({ params, query }) => viewImport(params.id, query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
