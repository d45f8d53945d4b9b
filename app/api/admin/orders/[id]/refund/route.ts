import { z } from "zod";
import { createdOnce, idParams, money, repliedOnce } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { type RequestedRefund, refundOrder, refundSchema } from "@/lib/payments/refund-order";

const requestedRefund = z.strictObject({
  refund: z.strictObject({
    id: z.string(),
    orderId: z.string(),
    amount: money,
    status: z.literal("pending"),
    reason: z.string(),
  }),
}) satisfies z.ZodType<RequestedRefund>;

export const POST = endpoint({
  summary: "Refunds all or a part of a paid order; the same key and body again get the same answer",
  role: "manager",
  params: idParams,
  headers: z.object({ "Idempotency-Key": idempotencyKeySchema }),
  body: refundSchema,
  responses: createdOnce("The refund is requested", requestedRefund),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await refundOrder(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
