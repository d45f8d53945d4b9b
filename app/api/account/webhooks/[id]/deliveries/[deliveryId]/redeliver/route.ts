import { deliveryDetails, deliveryParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { redeliver } from "@/lib/webhooks-out/deliveries";

export const POST = endpoint({
  summary: "Sends an ended delivery again, with the same id",
  role: "customer",
  params: deliveryParams,
  responses: { 202: { description: "It is being sent", schema: deliveryDetails } },
  problems: [409],
  handler: ({ user, params }) => redeliver(user.id, params.id, params.deliveryId),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
