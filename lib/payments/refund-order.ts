import { z } from "zod";
import type { Tx } from "../db";
import { AppError, conflict, invalid, notFound } from "../errors";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { MAX_AMOUNT, type Money, refuseFraction } from "../money";
import { lockOrder } from "../order-state/lock-order";
import { isOpen } from "../order-state/status";
import { withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { insertRefund } from "./request-refund";

/** The body of `POST /api/admin/orders/{id}/refund`. */
export const refundSchema = z.strictObject({
  amount: z
    .int("must be a whole number of minor units")
    .min(1, "must be at least 1")
    .max(MAX_AMOUNT, `must be at most ${MAX_AMOUNT}`)
    .optional()
    .describe("In minor units. All that is left if it is missing."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR")
    .optional()
    .describe("Must be the order's currency."),
  reason: plainTextSchema(200).describe("The customer can read it in the order."),
});

export type RefundRequest = z.output<typeof refundSchema>;

export interface RequestedRefund {
  refund: { id: string; orderId: string; amount: Money; status: "pending"; reason: string };
}

/**
 * Requests a refund of a paid order, in full or in part. The refund is stored here and sent by `process-refund`. The same key and
 * body of the same operator again get the same answer (`replayed`). Stock does not change: returned items are counted when they arrive, and an order
 * that has not shipped is cancelled instead, which returns both.
 *
 * @throws AppError `not_found` (404), `order_not_paid`, `nothing_to_refund`, `refund_exceeds_payment`,
 *   `idempotency_key_reused` (409), `validation_failed` (422)
 */
export async function refundOrder(
  orderId: string,
  request: RefundRequest,
  { by, key }: { by: string; key: string },
): Promise<{ answer: RequestedRefund; replayed: boolean }> {
  const idempotent = { scope: `refund:${orderId}`, caller: by, key, body: request };
  const { answer, replayed } = await withOutbox(async (tx, publish) => {
    if (!(await claimIdempotencyKey(tx, idempotent)))
      return { answer: await storedResponse<RequestedRefund>(idempotent, tx), replayed: true };
    const { reason } = request;
    const { paymentId, amount, currency } = await decideRefund(tx, orderId, request);
    const id = await insertRefund(tx, publish, { orderId, paymentId, amount, currency, reason });
    const refund = { id, orderId, amount: { amount, currency }, status: "pending" as const, reason };
    return { answer: await saveResponse<RequestedRefund>(tx, idempotent, { refund }), replayed: false };
  });
  if (!answer) throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.");
  return { answer, replayed };
}

/** Runs under the order's lock, so of two concurrent refunds the second one sees the rest that the first one has left. */
async function decideRefund(
  tx: Tx,
  orderId: string,
  { amount: requested, currency }: RefundRequest,
): Promise<{ paymentId: string } & Money> {
  const order = await lockOrder(tx, orderId);
  if (!order) throw notFound("order");
  if (currency !== undefined && currency !== order.currency)
    throw invalid("The request is not valid.", [
      { path: "currency", message: `must be the order's, ${order.currency}` },
    ]);
  const payments = await tx.payment.findMany({
    where: { orderId, captured: { gt: 0 } },
    orderBy: { attempt: "desc" },
    select: { id: true, captured: true, refunded: true },
  });
  const [payment] = payments
    .map(({ id, captured, refunded }) => ({ id, rest: captured - refunded }))
    .sort((a, b) => b.rest - a.rest);
  if (!payment || isOpen(order.status))
    throw conflict("order_not_paid", `An order that is ${order.status} has nothing to refund.`, [
      { path: "id", message: `is an order that is ${order.status}` },
    ]);
  if (payment.rest === 0)
    throw conflict("nothing_to_refund", "The full amount has been refunded, or the refund is pending.", [
      { path: "amount", message: "nothing is left" },
    ]);
  const fraction =
    requested === undefined ? undefined : refuseFraction({ amount: requested, currency: order.currency });
  if (fraction) throw invalid("The request is not valid.", [{ path: "amount", message: fraction }]);
  if (requested !== undefined && requested > payment.rest)
    throw conflict("refund_exceeds_payment", "The amount exceeds the rest of the payment.", [
      { path: "amount", message: `must be at most ${payment.rest}` },
    ]);
  return { paymentId: payment.id, amount: requested ?? payment.rest, currency: order.currency };
}
