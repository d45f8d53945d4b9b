import { z } from "zod";
import type { OrderStatus } from "@/prisma/generated/enums";
import { Prisma, type Tx, transaction } from "../db";
import { AppError, conflict, invalid, notFound } from "../errors";
import { claimIdempotencyKey, storedResponse, storeResponse } from "../idempotency";
import { MAX_AMOUNT, type Money, refuseFraction } from "../money";
import { isOpen } from "../order-state/status";
import { announce } from "../outbox";
import { plainText } from "../text";
import { insertRefund } from "./request-refund";

/** The body of `POST /api/admin/orders/{id}/refund`. */
export const refundSchema = z.strictObject({
  amount: z
    .int("must be a whole number of minor units")
    .min(1, "must be at least 1")
    .max(MAX_AMOUNT, `must be at most ${MAX_AMOUNT}`)
    .optional()
    .describe("In minor units; all that is left, when it is missing."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR")
    .optional()
    .describe("The order's, which it is checked against."),
  reason: plainText(200).describe("The customer can read it in the order."),
});

export type RefundRequest = z.output<typeof refundSchema>;

export interface RequestedRefund {
  refund: { id: string; orderId: string; amount: Money; status: "pending"; reason: string };
}

/**
 * Decides on a refund of a paid order, all of it or a part: it is written down here and made by `process-refund`. The same
 * key and body again get the same answer (`replayed`). It moves no stock: what comes back is counted when it is there, and an
 * order that has not left is cancelled instead, which returns both.
 *
 * @throws AppError `not_found` (404), `order_not_paid`, `nothing_to_refund`, `refund_exceeds_payment`,
 *   `idempotency_key_reused` (409), `validation_failed` (422)
 */
export async function refundOrder(
  orderId: string,
  request: RefundRequest,
  key: string,
): Promise<{ answer: RequestedRefund; replayed: boolean }> {
  const idempotent = { scope: `refund:${orderId}`, key, body: request };
  const { answer, event } = await transaction(async (tx) => {
    if (!(await claimIdempotencyKey(tx, idempotent)))
      return { answer: await storedResponse<RequestedRefund>(idempotent, tx) };
    const { paymentId, amount, currency } = await decide(tx, orderId, request);
    const { reason } = request;
    const event = await insertRefund(tx, { orderId, paymentId, amount, currency, reason });
    const refund = {
      id: event.data.refundId,
      orderId,
      amount: { amount, currency },
      status: "pending" as const,
      reason,
    };
    const keep = storeResponse(idempotent, Prisma.sql`${JSON.stringify({ refund })}::jsonb`);
    // As the database gives it back, so that the first answer and those to come are the same to the byte.
    const [kept] = await tx.$queryRaw<{ answer: RequestedRefund }[]>`${keep} RETURNING response AS answer`;
    return { answer: kept?.answer, event };
  });
  if (!answer) throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.");
  if (event) await announce([event]);
  return { answer, replayed: !event };
}

/** Under the lock on the order, so that of two refunds at once the second one sees what the first has left. */
async function decide(
  tx: Tx,
  orderId: string,
  { amount: asked, currency }: RefundRequest,
): Promise<{ paymentId: string } & Money> {
  const [order] = await tx.$queryRaw<{ status: OrderStatus; currency: string }[]>`
    SELECT status, currency FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (!order) throw notFound("order");
  if (currency !== undefined && currency !== order.currency)
    throw invalid("The request is not valid.", [
      { path: "currency", message: `must be the order's, ${order.currency}` },
    ]);
  const [payment] = await tx.$queryRaw<{ id: string; rest: number }[]>`
    SELECT id, captured - refunded AS rest FROM payments WHERE order_id = ${orderId} AND captured > 0 ORDER BY rest DESC, attempt DESC LIMIT 1`;
  if (!payment || isOpen(order.status))
    throw conflict("order_not_paid", `An order that is ${order.status} has nothing to refund.`, [
      { path: "id", message: `is an order that is ${order.status}` },
    ]);
  if (payment.rest === 0)
    throw conflict("nothing_to_refund", "All of it has been refunded, or is about to be.", [
      { path: "amount", message: "nothing is left" },
    ]);
  const fraction = asked === undefined ? undefined : refuseFraction({ amount: asked, currency: order.currency });
  if (fraction) throw invalid("The request is not valid.", [{ path: "amount", message: fraction }]);
  if (asked !== undefined && asked > payment.rest)
    throw conflict("refund_exceeds_payment", "That is more than is left of the payment.", [
      { path: "amount", message: `must be at most ${payment.rest}` },
    ]);
  return { paymentId: payment.id, amount: asked ?? payment.rest, currency: order.currency };
}
