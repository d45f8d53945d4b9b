import { deliveryParams, endpoint, methodNotAllowed } from "@/app/endpoint";
import { deliveryDetailsSchema, getDelivery } from "@/lib/webhooks-out/deliveries";

export const GET = endpoint({
  summary: "Returns a delivery with all its calls",
  role: "customer",
  scope: "webhooks:read",
  params: deliveryParams,
  responses: { 200: { description: "The delivery", schema: deliveryDetailsSchema } },
  handler: ({ user, params }) => getDelivery(user.id, params.id, params.deliveryId),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
