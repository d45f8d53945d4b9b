import {
  challengeHeaders,
  createdOnce,
  endpoint,
  idempotencyHeaders,
  methodNotAllowed,
  repliedOnce,
} from "@/app/endpoint";
import { trackSession } from "@/app/visitor";
import { checkoutSchema, placedOrderSchema, placeOrder } from "@/lib/checkout/place-order";
import { identifyClient } from "@/lib/client-limits";

export const POST = endpoint({
  summary: "Places an order; the same key and body again get the same answer",
  headers: idempotencyHeaders.extend(challengeHeaders.shape),
  body: checkoutSchema,
  responses: createdOnce("The order is placed", placedOrderSchema),
  problems: [403, 409, 429, 503],
  handler: async ({ request, headers, body }) => {
    const client = await identifyClient(request.headers);
    const user = await trackSession(request.headers);
    return repliedOnce(await placeOrder(body, headers["Idempotency-Key"], { userId: user?.id, client }));
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
