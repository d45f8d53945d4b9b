import {
  challengeHeaders,
  createdOnce,
  endpoint,
  idempotencyHeaders,
  methodNotAllowed,
  repliedOnce,
} from "@/app/endpoint";
import { clientOf, trackSession } from "@/app/visitor";
import { apiCheckoutSchema, placedOrderSchema, placeOrder, requireCustomer } from "@/lib/checkout/place-order";
import { invalid } from "@/lib/errors";

export const POST = endpoint({
  summary: "Places an order; the same key and body again get the same answer",
  scope: "checkout",
  destructive: true,
  headers: idempotencyHeaders.extend(challengeHeaders.shape),
  body: apiCheckoutSchema,
  responses: createdOnce("The order is placed", placedOrderSchema),
  problems: [403, 409, 429, 503],
  handler: async ({ request, apiKey, headers, body: { userId: customerId, ...checkout } }) => {
    if (customerId !== undefined && !apiKey)
      throw invalid("The request is not valid.", [{ path: "userId", message: "needs an API key" }]);
    const client = await clientOf(request, apiKey);
    const userId = apiKey
      ? customerId && (await requireCustomer(customerId))
      : (await trackSession(request.headers))?.id;
    return repliedOnce(await placeOrder(checkout, headers["Idempotency-Key"], { userId, client, apiKey }));
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
