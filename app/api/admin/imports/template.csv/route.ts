import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { csvResponse } from "@/app/http";
import { importTemplate, templateSchema } from "@/lib/imports/template";

export const GET = endpoint({
  summary: "Returns a CSV file with the columns of an import and an example",
  role: "manager",
  scope: "catalogue:read",
  query: templateSchema,
  responses: { 200: { description: "A template", mediaType: "text/csv" } },
  handler: ({ query }) => csvResponse(importTemplate(query), `${query.type}.csv`),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
