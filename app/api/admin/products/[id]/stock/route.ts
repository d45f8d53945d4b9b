import { createdOnce, endpoint, idempotencyHeaders, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { adjustedSchema, adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

export const POST = endpoint({
  summary: "Adds or removes available stock; it never becomes negative",
  role: "manager",
  scope: "catalogue:write",
  params: idParams,
  headers: idempotencyHeaders,
  body: stockSchema,
  responses: createdOnce("Adjusted", adjustedSchema),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await adjustStock(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
