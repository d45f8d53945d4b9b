import { broadcast } from "@/app/admin-schemas";
import { idParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { viewBroadcast } from "@/lib/broadcasts/broadcasts";

export const GET = endpoint({
  summary: "Returns a broadcast with its progress",
  role: "manager",
  params: idParams,
  responses: { 200: { schema: broadcast } },
  handler: ({ params }) => viewBroadcast(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
