import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { stopBroadcast } from "@/lib/broadcasts/broadcasts";
import { broadcastViewSchema, viewBroadcast } from "@/lib/broadcasts/view-broadcasts";

export const POST = endpoint({
  summary: "Stops a broadcast, or cancels a scheduled one; emails already sent to the provider still arrive",
  role: "manager",
  scope: "broadcasts:write",
  destructive: true,
  params: idParams,
  responses: { 202: { schema: broadcastViewSchema } },
  problems: [409],
  handler: async ({ params }) => {
    await stopBroadcast(params.id);
    return viewBroadcast(params.id);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
