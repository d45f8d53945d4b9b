import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { previewBroadcast, previewSchema, previewViewSchema } from "@/lib/broadcasts/broadcasts";

export const POST = endpoint({
  summary: "Counts the users of a segment, and renders a broadcast as the caller would get it",
  role: "manager",
  scope: "broadcasts:read",
  body: previewSchema,
  responses: { 200: { schema: previewViewSchema } },
  handler: ({ user, body }) => previewBroadcast(body, user),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
