import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { broadcastViewSchema, stopBroadcast, viewBroadcast } from "@/lib/broadcasts/broadcasts";

export const POST = endpoint({
  summary: "Stops a broadcast; emails already sent to the provider still arrive",
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
