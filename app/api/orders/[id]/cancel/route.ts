import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { readText } from "@/app/http";
import { orderCredentials, tokenQuery } from "@/app/visitor";
import { cancelOrder } from "@/lib/orders/change-order";
import { orderViewSchema, requireOrderAccess, viewOrder } from "@/lib/orders/view-order";

export const POST = endpoint({
  summary: "Cancels an order, or the items that have not shipped; a second cancellation changes nothing",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  unparsed: { query: tokenQuery },
  responses: { 202: { description: "It is cancelled; the payment is being refunded", schema: orderViewSchema } },
  problems: [400, 401, 409, 413],
  handler: async ({ request, apiKey, params: { id } }) => {
    const credentials = await orderCredentials(request, { apiKey, body: await readText(request) });
    await cancelOrder(id, await requireOrderAccess(id, credentials));
    return viewOrder(id, credentials);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
