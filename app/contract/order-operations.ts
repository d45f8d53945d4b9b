import { z } from "zod";
import { idempotencyKeySchema } from "@/lib/checkout/request";
import { type RequestedRefund, refundSchema } from "@/lib/payments/refund-order";
import { type ReviewView, reviewDecisionSchema } from "@/lib/review/decide-review";
import { ReviewStatus } from "@/prisma/generated/enums";
import { money } from "./answers";
import type { Operation } from "./operations";

const requestedRefund = z.strictObject({
  refund: z.strictObject({
    id: z.string(),
    orderId: z.string(),
    amount: money,
    status: z.literal("pending"),
    reason: z.string(),
  }),
}) satisfies z.ZodType<RequestedRefund>;

const review = z.strictObject({
  orderId: z.string(),
  status: z.enum(ReviewStatus),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  note: z.string().nullable(),
}) satisfies z.ZodType<ReviewView>;

/** What managers do with orders. */
export const ORDER_OPERATIONS: Operation[] = [
  {
    method: "post",
    path: "/api/admin/orders/{id}/refund",
    summary: "Refunds a paid order, all of it or a part; the same key and body again get the same answer",
    headers: z.object({ "Idempotency-Key": idempotencyKeySchema }),
    body: refundSchema,
    answers: {
      201: { description: "It is decided on, and will be made", schema: requestedRefund },
      200: { description: "It was decided on before, under this Idempotency-Key", schema: requestedRefund },
    },
    problems: [400, 401, 403, 404, 409, 413, 415, 422],
  },
  {
    method: "post",
    path: "/api/admin/orders/{id}/review",
    summary: "Releases or rejects an order of high value that is held; the first decision counts",
    body: reviewDecisionSchema,
    answers: { 200: { description: "It is decided", schema: z.strictObject({ review }) } },
    problems: [400, 401, 403, 404, 409, 413, 415, 422],
  },
];
