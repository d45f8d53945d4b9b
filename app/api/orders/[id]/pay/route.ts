import { challengeHeaders, endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { readJson } from "@/app/http";
import { clientOf, orderCredentials, tokenQuery } from "@/app/visitor";
import { payAgain } from "@/lib/orders/pay-again";
import { orderViewSchema, requireOrderAccess, viewOrder } from "@/lib/orders/view-order";
import { payAgainSchema } from "@/lib/payments/payment-policy";

export const POST = endpoint({
  summary: "Pays a failed order with another card",
  scope: "checkout",
  destructive: true,
  params: idParams,
  headers: challengeHeaders,
  unparsed: { query: tokenQuery, body: payAgainSchema },
  responses: { 202: { description: "Another attempt is in progress", schema: orderViewSchema } },
  problems: [400, 401, 403, 409, 413, 415, 422, 429, 503],
  handler: async ({ request, apiKey, params: { id } }) => {
    const credentials = await orderCredentials(request, { apiKey });
    await requireOrderAccess(id, credentials);
    const card = await readJson(request, payAgainSchema);
    await payAgain(id, card, await clientOf(request, apiKey));
    return viewOrder(id, credentials);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
