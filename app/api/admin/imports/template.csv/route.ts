import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { importTemplate, templateSchema } from "@/lib/imports/template";

export const GET = endpoint({
  summary: "Returns a CSV file with the columns of an import and an example",
  role: "manager",
  scope: "catalogue:read",
  query: templateSchema,
  responses: { 200: { description: "A template", mediaType: "text/csv" } },
  handler: ({ query }) =>
    new Response(importTemplate(query), {
      headers: {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": `attachment; filename="${query.type}.csv"`,
        "cache-control": "no-store",
      },
    }),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
