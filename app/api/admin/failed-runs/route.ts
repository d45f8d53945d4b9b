import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { failedRunQuerySchema, failedRunSchema, listFailedRuns } from "@/lib/failed-runs";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists refused events and runs that failed for good, the newest first",
  role: "manager",
  scope: "operations:read",
  query: failedRunQuerySchema,
  responses: { 200: { description: "A page of failed runs", schema: pageSchema(failedRunSchema) } },
  handler: ({ query }) => listFailedRuns(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
