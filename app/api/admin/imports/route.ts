import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { createImport, importSchema } from "@/lib/imports/create-import";
import { importListSchema, importSummarySchema, listImports } from "@/lib/imports/view-import";
import { idSchema, pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists imports, newest first",
  role: "manager",
  scope: "catalogue:read",
  query: importListSchema,
  responses: { 200: { schema: pageSchema(importSummarySchema) } },
  handler: ({ query }) => listImports(query),
});

export const POST = endpoint({
  summary: "Imports a CSV file of products or stock from a public URL",
  role: "manager",
  scope: "catalogue:write",
  destructive: true,
  body: importSchema,
  responses: { 201: { schema: idSchema } },
  handler: ({ user, body }) => createImport(body, user.id),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
