import { createdOnce, idempotencyHeaders, placedOrder, repliedOnce } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { trackSession } from "@/app/session-activity";
import { checkoutSchema, placeOrder } from "@/lib/checkout/place-order";

export const POST = endpoint({
  summary: "Places an order; the same key and body again get the same answer",
  headers: idempotencyHeaders,
  body: checkoutSchema,
  responses: createdOnce("The order is placed", placedOrder),
  problems: [409, 429],
  handler: async ({ request, headers, body }) => {
    const user = await trackSession(request.headers);
    return repliedOnce(await placeOrder(body, headers["Idempotency-Key"], user?.id));
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
