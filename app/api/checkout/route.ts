import { idempotencyHeaders, placedOrder } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { trackSession } from "@/app/session-activity";
import { placeOrder } from "@/lib/checkout/place-order";
import { checkoutSchema } from "@/lib/checkout/request";

export const POST = endpoint({
  summary: "Places an order; the same key and body again get the same answer",
  headers: idempotencyHeaders,
  body: checkoutSchema,
  responses: {
    201: { description: "The order is placed", schema: placedOrder },
    200: { description: "It was placed before, with this Idempotency-Key", schema: placedOrder },
  },
  problems: [409, 429],
  handler: async ({ request, headers, body }) => {
    const user = await trackSession(request.headers);
    const { answer, replayed } = await placeOrder(body, headers["Idempotency-Key"], user?.id);
    return { status: replayed ? 200 : 201, body: answer };
  },
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
