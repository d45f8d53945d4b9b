import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { importQuerySchema, importViewSchema, viewImport } from "@/lib/imports/view-import";

export const GET = endpoint({
  summary: "Returns an import with its counts and its bad rows",
  role: "manager",
  scope: "catalogue:read",
  params: idParams,
  query: importQuerySchema,
  responses: { 200: { schema: importViewSchema } },
  handler: ({ params, query }) => viewImport(params.id, query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
