import { z } from "zod";
import { pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listTasks, taskQuerySchema } from "@/lib/console/manual-tasks";

const task = z.strictObject({
  id: z.string(),
  kind: z.string(),
  entityId: z.string(),
  cause: z.looseObject({ code: z.string(), message: z.string() }),
  createdAt: time,
  resolvedAt: time.nullable(),
  resolvedBy: z.string().nullable(),
  resolution: z.string().nullable(),
  note: z.string().nullable(),
});

export const GET = endpoint({
  summary: "Lists the tasks that wait for a manager's decision",
  role: "manager",
  query: taskQuerySchema,
  responses: { 200: { schema: pageOf(task) } },
  handler: ({ query }) => listTasks(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
