import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { orderCredentials, tokenQuery } from "@/app/visitor";
import { requireOrderAccess } from "@/lib/orders/view-order";
import { subscribeOrder, subscriptionSchema } from "@/lib/realtime";

export const POST = endpoint({
  summary: "Makes a token that subscribes to the changes of an order, for its customer and for managers",
  params: idParams,
  unparsed: { query: tokenQuery },
  responses: { 200: { description: "The subscription", schema: subscriptionSchema } },
  problems: [401, 503],
  handler: async ({ request, params: { id } }) => {
    await requireOrderAccess(id, await orderCredentials(request));
    return subscribeOrder(id);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
