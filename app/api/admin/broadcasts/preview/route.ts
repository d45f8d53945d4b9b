import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { previewBroadcast, previewSchema } from "@/lib/broadcasts/broadcasts";
import { countSchema } from "@/lib/view-schemas";

export const POST = endpoint({
  summary: "Counts the users of a segment",
  role: "manager",
  scope: "broadcasts:read",
  body: previewSchema,
  responses: { 200: { schema: z.strictObject({ recipients: countSchema }) } },
  handler: ({ body }) => previewBroadcast(body),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
