import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { inspectOrder, orderDetailsSchema } from "@/lib/orders/inspect-order";

export const GET = endpoint({
  summary: "Returns an order with its payments, refunds, parcels, emails and the link to its run",
  role: "manager",
  scope: "orders:read",
  params: idParams,
  responses: { 200: { description: "The order", schema: orderDetailsSchema } },
  handler: ({ params }) => inspectOrder(params.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
