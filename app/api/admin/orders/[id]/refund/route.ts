import { z } from "zod";
import { createdOnce, endpoint, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { refundAndRestock, refundAndRestockSchema } from "@/lib/orders/refund-and-restock";
import { requestedRefundSchema } from "@/lib/payments/refund-order";

export const POST = endpoint({
  summary: "Refunds all or a part of a paid order; the same key and body again get the same answer",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  headers: z.object({ "Idempotency-Key": idempotencyKeySchema }),
  body: refundAndRestockSchema,
  responses: createdOnce("The refund is requested", requestedRefundSchema),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await refundAndRestock(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
