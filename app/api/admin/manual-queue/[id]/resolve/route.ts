import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { resolutionSchema, resolveTask } from "@/lib/console/manual-tasks";

export const POST = endpoint({
  summary: "Resumes or dismisses a waiting task; the first decision counts",
  role: "manager",
  scope: "operations:write",
  destructive: true,
  params: idParams,
  body: resolutionSchema,
  responses: { 200: { schema: z.strictObject({ id: z.string(), resolution: z.enum(["resume", "dismiss"]) }) } },
  problems: [409],
  handler: async ({ user, params: { id }, body }) => {
    await resolveTask(id, body, user.id);
    return { id, resolution: body.action };
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
