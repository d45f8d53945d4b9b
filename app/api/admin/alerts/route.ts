import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { alertQuerySchema, alertViewSchema, listAlerts } from "@/lib/alerts";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the alerts, the newest first",
  role: "manager",
  scope: "operations:read",
  query: alertQuerySchema,
  responses: { 200: { schema: pageSchema(alertViewSchema) } },
  handler: ({ query }) => listAlerts(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
