import { z } from "zod";
import type { Refund } from "@/prisma/generated/client";
import { now } from "../clock";
import type { Tx } from "../db";
import { AppError, conflict, invalid, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import { type Money, refuseFraction } from "../money";
import { amountSchema, currencySchema } from "../money-schema";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { isOpen } from "../order-state/status";
import { type Publish, withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { moneySchema } from "../view-schemas";

/** The body of `POST /api/admin/orders/{id}/refund`. */
export const refundSchema = z.strictObject({
  amount: amountSchema.optional().describe("In minor units. All that is left if it is missing."),
  currency: currencySchema.optional().describe("Must be the order's currency."),
  reason: plainTextSchema(200).describe("The customer can read it in the order."),
});

export type RefundRequest = z.output<typeof refundSchema>;

/** The body of the response to `POST /api/admin/orders/{id}/refund`. */
export const requestedRefundSchema = z.strictObject({
  refund: z.strictObject({
    ...{ id: z.string(), orderId: z.string(), amount: moneySchema },
    ...{ status: z.literal("pending"), reason: z.string() },
  }),
});

type RequestedRefund = z.output<typeof requestedRefundSchema>;

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

/**
 * Requests a refund of all money that is left of an order, or of one payment, within a transaction that holds the order's lock.
 * The refund is stored before it is sent: `process-refund` calls Stripe. Requested refunds count as refunded, so a second call
 * finds nothing left.
 */
export async function refundRemainder(
  tx: Tx,
  publish: Publish,
  orderId: string,
  reason: string,
  paymentId?: string,
): Promise<void> {
  const payments = await tx.payment.findMany({
    where: { orderId, captured: { gt: tx.payment.fields.refunded }, ...(paymentId && { id: paymentId }) },
    select: { id: true, captured: true, refunded: true, currency: true },
  });
  for (const { id, captured, refunded, currency } of payments)
    await insertRefund(tx, publish, { orderId, paymentId: id, amount: captured - refunded, currency, reason });
}

type NewRefund = Pick<Refund, "orderId" | "paymentId" | "amount" | "currency" | "reason">;

/** Inserts a refund that is to be sent, and returns its id. The CHECK on payments refuses more than was captured. */
async function insertRefund(tx: Tx, publish: Publish, refund: NewRefund): Promise<string> {
  const at = now();
  const refundId = newId("ref");
  const event: OutgoingEvent = {
    name: EVENTS.REFUND_REQUESTED,
    id: `refund-requested:${refundId}`,
    data: { refundId },
  };
  const { orderId, paymentId, amount, currency, reason } = refund;
  const data = { amount, currency, reason };
  await tx.$executeRaw`
    WITH payment AS (UPDATE payments SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${paymentId}),
    timeline AS (${timelineInsert([{ orderId, type: "refund_requested", key: refundId, data }], at)}),
    published AS (${publish.insert([event], at)})
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, idempotency_key, created_at, updated_at)
    VALUES (${refundId}, ${paymentId}, ${orderId}, ${amount}, ${currency}, ${reason}, 'pending', ${`refund:${refundId}`}, ${at}, ${at})`;
  return refundId;
}
