import { z } from "zod";
import { count } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { previewBroadcast, previewSchema } from "@/lib/broadcasts/broadcasts";

export const POST = endpoint({
  summary: "Counts the users of a segment",
  role: "manager",
  body: previewSchema,
  responses: { 200: { schema: z.strictObject({ recipients: count }) } },
  handler: ({ body }) => previewBroadcast(body),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
