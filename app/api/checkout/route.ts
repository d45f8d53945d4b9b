import { createdOnce, endpoint, idempotencyHeaders, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { trackSession } from "@/app/visitor";
import { checkoutSchema, placedOrderSchema, placeOrder } from "@/lib/checkout/place-order";

export const POST = endpoint({
  summary: "Places an order; the same key and body again get the same answer",
  headers: idempotencyHeaders,
  body: checkoutSchema,
  responses: createdOnce("The order is placed", placedOrderSchema),
  problems: [409, 429],
  handler: async ({ request, headers, body }) => {
    const user = await trackSession(request.headers);
    return repliedOnce(await placeOrder(body, headers["Idempotency-Key"], { userId: user?.id }));
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
