import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { orderCredentials, tokenQuery } from "@/app/visitor";
import { orderViewSchema, viewOrder } from "@/lib/orders/view-order";

export const GET = endpoint({
  summary: "Returns an order as its customer sees it",
  params: idParams,
  unparsed: { query: tokenQuery },
  responses: { 200: { description: "The order", schema: orderViewSchema } },
  problems: [401],
  handler: async ({ request, params }) => viewOrder(params.id, await orderCredentials(request)),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
