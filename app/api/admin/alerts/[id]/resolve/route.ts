import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { resolveAlert } from "@/lib/alerts";

export const POST = endpoint({
  summary: "Resolves an alert; a later incident of the same kind raises another one",
  role: "manager",
  scope: "operations:write",
  params: idParams,
  responses: { 200: { schema: z.strictObject({ id: z.string() }) } },
  problems: [404],
  handler: async ({ params: { id } }) => {
    await resolveAlert(id);
    return { id };
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
