import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listTasks, taskQuerySchema, taskViewSchema } from "@/lib/console/manual-tasks";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the tasks that wait for a manager's decision",
  role: "manager",
  scope: "operations:read",
  query: taskQuerySchema,
  responses: { 200: { schema: pageSchema(taskViewSchema) } },
  handler: ({ query }) => listTasks(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
