import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { csvResponse } from "@/app/http";
import { errorExportSchema, exportImportErrors } from "@/lib/imports/view-import";

export const GET = endpoint({
  summary: "Exports the refused rows of an import as CSV: line, SKU, field and reason",
  role: "manager",
  scope: "catalogue:read",
  params: idParams,
  query: errorExportSchema,
  responses: { 200: { description: "A stream of the rows, by line", mediaType: "text/csv" } },
  handler: async ({ params, query }) =>
    csvResponse(await exportImportErrors(params.id, query), `refused-rows-${params.id}.csv`),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
