import { z } from "zod";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { ownOrderListSchema } from "@/lib/orders/list-orders";
import { type RequestedRefund, refundSchema } from "@/lib/payments/refund-order";
import { type ReviewView, reviewDecisionSchema } from "@/lib/review/decide-review";
import { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { money } from "./answers";
import type { Operation } from "./operation";

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

const ownOrder = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: money,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

/** What is done with orders by who is signed in. */
export const ORDER_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/account/orders",
    summary: "One's own orders, newest first",
    query: ownOrderListSchema,
    answers: {
      200: {
        description: "A page of orders",
        schema: z.strictObject({ items: z.array(ownOrder), nextCursor: z.string().nullable() }),
      },
    },
    problems: [401, 422],
  },
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
