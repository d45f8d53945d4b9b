import { createdOnce, endpoint, idempotencyHeaders, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { shipOrder, shippedSchema, shipSchema } from "@/lib/shipping/ship-order";

export const POST = endpoint({
  summary: "Ships a parcel of a confirmed order; the same key, or carrier and tracking number, is the same parcel",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  headers: idempotencyHeaders,
  body: shipSchema,
  responses: createdOnce("It is shipped", shippedSchema),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await shipOrder(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
