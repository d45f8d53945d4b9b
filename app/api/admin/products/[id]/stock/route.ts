import { z } from "zod";
import { createdOnce, idempotencyHeaders, idParams, repliedOnce } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { type Adjusted, adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";

const adjusted = z.strictObject({
  ...{ productId: z.string(), available: z.int(), movementId: z.string() },
}) satisfies z.ZodType<Adjusted>;

export const POST = endpoint({
  summary: "Adds or removes available stock; it never becomes negative",
  role: "manager",
  params: idParams,
  headers: idempotencyHeaders,
  body: stockSchema,
  responses: createdOnce("Adjusted", adjusted),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await adjustStock(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
