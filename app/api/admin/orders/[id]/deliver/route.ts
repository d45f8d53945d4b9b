import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { deliveredSchema, deliverOrder, deliverSchema } from "@/lib/shipping/ship-order";

export const POST = endpoint({
  summary: "Marks one parcel as delivered, or all that are on their way",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  body: deliverSchema,
  responses: { 200: { description: "Marked", schema: deliveredSchema } },
  problems: [409],
  handler: ({ params, body }) => deliverOrder(params.id, body.trackingNumber),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
