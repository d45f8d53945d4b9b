import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { broadcastViewSchema, viewBroadcast } from "@/lib/broadcasts/view-broadcasts";

export const GET = endpoint({
  summary: "Returns a broadcast with its progress",
  role: "manager",
  scope: "broadcasts:read",
  params: idParams,
  responses: { 200: { schema: broadcastViewSchema } },
  handler: ({ params }) => viewBroadcast(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
