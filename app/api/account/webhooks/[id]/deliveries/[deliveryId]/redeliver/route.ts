import { deliveryParams, endpoint, methodNotAllowed } from "@/app/endpoint";
import { deliveryDetailsSchema, redeliver } from "@/lib/webhooks-out/deliveries";

export const POST = endpoint({
  summary: "Sends an ended delivery again, with the same id",
  role: "customer",
  scope: "webhooks:write",
  params: deliveryParams,
  responses: { 202: { description: "It is being sent", schema: deliveryDetailsSchema } },
  problems: [409],
  handler: ({ user, params }) => redeliver(user.id, params.id, params.deliveryId),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
