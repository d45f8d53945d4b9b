import { z } from "zod";
import { now } from "../clock";
import type { Tx } from "../db";
import { AppError, conflict, invalid, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { claimIdempotencyKey, saveResponse, storedResponse } from "../idempotency";
import { newId } from "../ids";
import type { Refund } from "../models";
import { formatMoney, type Money, refuseFraction } from "../money";
import { amountSchema, currencySchema } from "../money-schema";
import { completePartlyShipped } from "../order-state/complete-order";
import { type Items, type LineState, readLines } from "../order-state/open-lines";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { isOpen } from "../order-state/status";
import { uniqueProducts } from "../order-state/unique-products";
import { type Publish, withOutbox } from "../outbox";
import { plainTextSchema } from "../text";
import { moneySchema } from "../view-schemas";
import { itemsOfAmount, refundFor, unshippedOf } from "./refund-items";

const refundedItemsSchema = z
  .array(z.strictObject({ productId: plainTextSchema(100), quantity: z.int().min(1, "must be at least 1").max(1_000) }))
  .max(100, "must hold at most 100 items")
  .superRefine(uniqueProducts("is in this refund already"));

/** The body of `POST /api/admin/orders/{id}/refund`. */
export const refundSchema = z.strictObject({
  amount: amountSchema
    .optional()
    .describe("In minor units. If it is missing, the price of the items, or all that is left without items."),
  items: refundedItemsSchema
    .optional()
    .describe("What the refund pays back; unshipped items are not shipped any more. Empty for a goodwill refund."),
  currency: currencySchema.optional().describe("Must be the order's currency."),
  reason: plainTextSchema(200).describe("The customer can read it in the order."),
});

export type RefundRequest = z.output<typeof refundSchema>;

/** The body of the response to `POST /api/admin/orders/{id}/refund`. */
export const requestedRefundSchema = z.strictObject({
  ...{ id: z.string(), orderId: z.string(), amount: moneySchema },
  ...{ status: z.literal("pending"), reason: z.string() },
});

type RequestedRefund = z.output<typeof requestedRefundSchema>;

/**
 * Requests a refund of a paid order, in full or in part. The refund is stored here and sent by `process-refund`. The same key and
 * body of the same operator again get the same answer (`replayed`). Stock does not change: returned items are counted when they
 * arrive. An order that has not shipped is cancelled instead, which returns the money and the items.
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
    const { paymentId, amount, currency, items } = await decideRefund(tx, orderId, request);
    const id = await insertRefund(tx, publish, { orderId, paymentId, amount, currency, reason, items });
    if (items.length > 0) await completePartlyShipped(tx, publish, orderId);
    const refund = { id, orderId, amount: { amount, currency }, status: "pending" as const, reason };
    return { answer: await saveResponse<RequestedRefund>(tx, idempotent, refund), replayed: false };
  });
  if (!answer) throw new AppError("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.");
  return { answer, replayed };
}

/** Runs under the order's lock, so of two concurrent refunds the second one sees the rest that the first one has left. */
async function decideRefund(
  tx: Tx,
  orderId: string,
  { amount: asked, currency, items: named }: RefundRequest,
): Promise<{ paymentId: string; items: Items[] } & Money> {
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
  const priced = await readPricedLines(tx, orderId);
  refuseExcessItems(priced.lines, named ?? []);
  const price = named?.length ? Math.min(refundFor(priced.lines, named, priced.order), payment.rest) : undefined;
  const requested = asked ?? price;
  if (requested === 0)
    throw invalid("The request is not valid.", [{ path: "items", message: "nothing was paid for them" }]);
  const fraction =
    requested === undefined ? undefined : refuseFraction({ amount: requested, currency: order.currency });
  if (fraction) throw invalid("The request is not valid.", [{ path: "amount", message: fraction }]);
  if (requested !== undefined && requested > payment.rest)
    throw conflict("refund_exceeds_payment", "The amount exceeds the rest of the payment.", [
      { path: "amount", message: `must be at most ${formatMoney({ amount: payment.rest, currency: order.currency })}` },
    ]);
  const amount = requested ?? payment.rest;
  const items = order.status === "confirmed" ? itemsOf(priced, amount, payment.rest, named) : [];
  return { paymentId: payment.id, amount, currency: order.currency, items };
}

/** A piece that was cancelled, or paid back before it shipped, cannot be paid back again. */
function refuseExcessItems(lines: LineState[], named: Items[]): void {
  const errors = named.flatMap(({ productId, quantity }, index) => {
    const line = lines.find((one) => one.productId === productId);
    const path = `items.${index}`;
    if (!line || line.quantity < quantity) return [{ path, message: "is more than was ordered" }];
    const left = line.quantity - line.withheld;
    return left < quantity ? [{ path, message: `is more than is left to refund, ${left}` }] : [];
  });
  if (errors.length > 0) throw invalid("The request is not valid.", errors);
}

async function readPricedLines(tx: Tx, orderId: string) {
  const select = { currency: true, totalAmount: true, discountAmount: true };
  const order = await tx.order.findUniqueOrThrow({ where: { id: orderId }, select });
  return { order, lines: await readLines(tx, orderId) };
}

/** All that is left pays back every item, also if the request names fewer. */
function itemsOf(
  { lines, order }: Awaited<ReturnType<typeof readPricedLines>>,
  amount: number,
  left: number,
  named?: Items[],
): Items[] {
  return named && amount < left ? unshippedOf(lines, named) : itemsOfAmount(lines, amount, left, order);
}

/** Returns the unshipped items that a refund made in Stripe's dashboard pays back. The transaction holds the order's lock. */
export async function dashboardRefundItems(tx: Tx, orderId: string, amount: number, left: number): Promise<Items[]> {
  return itemsOf(await readPricedLines(tx, orderId), amount, left);
}

interface PaymentRest {
  paymentId: string;
  currency: string;
  rest: number;
}

/**
 * Returns what is left of the payments of an order, the largest rest first. Requested refunds count as refunded. So do failed ones
 * that wait in the manual queue: a person decides how that money is paid back, and it is not requested again.
 */
async function readRests(tx: Tx, orderId: string): Promise<PaymentRest[]> {
  return tx.$queryRaw<PaymentRest[]>`
    SELECT p.id AS "paymentId", p.currency, p.captured - p.refunded - owed.amount AS rest
    FROM payments p CROSS JOIN LATERAL (
      SELECT coalesce(sum(r.amount), 0)::bigint AS amount FROM refunds r
      JOIN manual_queue m ON m.kind = 'refund' AND m.entity_id = r.id AND m.resolved_at IS NULL
      WHERE r.payment_id = p.id AND r.status = 'failed'
    ) owed
    WHERE p.order_id = ${orderId} AND p.captured - p.refunded > owed.amount ORDER BY rest DESC`;
}

/**
 * Requests a refund of all money that is left of an order, or of one payment, within a transaction that holds the order's lock.
 * The refund is stored before it is sent: `process-refund` calls Stripe. A second call finds nothing left.
 */
export async function refundRemainder(
  tx: Tx,
  publish: Publish,
  orderId: string,
  reason: string,
  paymentId?: string,
): Promise<void> {
  for (const { rest: amount, ...payment } of await readRests(tx, orderId))
    if (paymentId === undefined || payment.paymentId === paymentId)
      await insertRefund(tx, publish, { orderId, ...payment, amount, reason });
}

/**
 * Requests a refund of what the customer has paid for cancelled items, but at most of what is left of the payment. The transaction
 * must hold the order's lock. The order's lines hold the cancelled items, so the refund names none.
 */
export async function refundItems(
  tx: Tx,
  publish: Publish,
  orderId: string,
  reason: string,
  items: Items[],
): Promise<void> {
  const { order, lines } = await readPricedLines(tx, orderId);
  const [payment] = await readRests(tx, orderId);
  if (!payment) return;
  const { rest, ...of } = payment;
  const amount = Math.min(refundFor(lines, items, order), rest);
  if (amount > 0) await insertRefund(tx, publish, { orderId, ...of, amount, reason });
}

/** The failure code of a refund that Stripe refused because a part was refunded in its dashboard. Another one has its place. */
export const REPLACED = "replaced_by_dashboard_refund";

interface NewRefund extends Pick<Refund, "orderId" | "paymentId" | "amount" | "currency" | "reason"> {
  /** The unshipped items that it pays back. */
  items?: Items[];
}

/** Inserts a refund that is to be sent, and returns its id. The CHECK on payments refuses more than was captured. */
export async function insertRefund(tx: Tx, publish: Publish, refund: NewRefund): Promise<string> {
  const at = now();
  const refundId = newId("ref");
  const event: OutgoingEvent = {
    name: EVENTS.REFUND_REQUESTED,
    id: `refund-requested:${refundId}`,
    data: { refundId },
  };
  const { orderId, paymentId, amount, currency, reason, items = [] } = refund;
  const data = { amount, currency, reason };
  await tx.$executeRaw`
    WITH payment AS (UPDATE payments SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${paymentId}),
    timeline AS (${timelineInsert([{ orderId, type: "refund_requested", key: refundId, data }], at)}),
    published AS (${publish.insert([event], at)})
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, items, status, idempotency_key, created_at, updated_at)
    VALUES (${refundId}, ${paymentId}, ${orderId}, ${amount}, ${currency}, ${reason}, ${JSON.stringify(items)}::jsonb, 'pending',
      ${`refund:${refundId}`}, ${at}, ${at})`;
  return refundId;
}
