import type { OrderStatus } from "@/prisma/generated/enums";
import { failureInsert } from "../client-limits";
import { now } from "../clock";
import { couponRelease } from "../coupons/redeem-coupon";
import { Prisma, type Tx } from "../db";
import { queuedEmailCancellation } from "../email/send-email";
import { giftEnv } from "../env";
import { conflict, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { releaseReservations, returnSoldItems, sellItems } from "../inventory/reservations";
import { orderProgress } from "../onboarding/progress";
import { completePartlyShipped } from "../order-state/complete-order";
import { type Items, openItems, readLines } from "../order-state/open-lines";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { type CancelReason, decideCancel, type FailureReason, isOpen } from "../order-state/status";
import { type Publish, withOutbox } from "../outbox";
import { refundItems, refundRemainder } from "../payments/refund-order";

interface PayableOrder {
  status: OrderStatus;
  attempt: number;
  totalAmount: number;
  currency: string;
  /** No manager has released it yet. */
  held: boolean;
  /** The customer has never received a gift coupon. */
  gift: boolean;
  /** At least one webhook endpoint subscribes to `order.confirmed`. */
  subscribed: boolean;
}

/** An order without anything to pay has no payment. */
const PAID = Prisma.sql`(o.total_amount = 0 OR EXISTS (
  SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.attempt = o.attempt AND p.captured - p.refunded = o.total_amount))`;

/**
 * Confirms a paid order and sells its stock, in one transaction under the order's lock. Returns the status that the order has
 * afterwards: a second call finds it confirmed, and an order that a manager holds stays open. If the reservation was lost and the
 * items have sold out, the order fails and the money is refunded. `ended`: another attempt has started.
 */
export async function confirmOrder(orderId: string, attempt: number): Promise<OrderStatus | "ended"> {
  return withOutbox(async (tx, publish) => {
    const [order] = await tx.$queryRaw<PayableOrder[]>`
      SELECT o.status, o.attempt, o.total_amount AS "totalAmount", o.currency,
        EXISTS (SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held') AS held,
        ${giftEnv().GIFT_PERCENT > 0} AND NOT EXISTS (SELECT 1 FROM coupons c WHERE c.gift_email = email_key(o.email) OR c.gift_user_id = o.user_id) AS gift,
        EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.enabled AND 'order.confirmed' = ANY(e.events)) AS subscribed
      FROM orders o WHERE o.id = ${orderId} FOR UPDATE`;
    if (!order) throw new Error(`There is no order ${orderId}.`);
    if (order.attempt !== attempt) return "ended";
    const { status, totalAmount, currency, held, gift, subscribed } = order;
    if (!isOpen(status) || held) return status;
    if (!(await sellItems(tx, orderId, attempt))) {
      await recordOrderFailure(tx, publish, orderId, attempt, "stock_lost");
      return "failed";
    }
    const at = now();
    const event: OutgoingEvent = {
      name: EVENTS.ORDER_CONFIRMED,
      id: `order-confirmed:${orderId}`,
      data: { orderId, totalAmount, currency, gift, subscribed },
    };
    const confirmed = await tx.$executeRaw`
      WITH timeline AS (${timelineInsert([{ orderId, type: "order_confirmed" }], at)}),
        published AS (${publish.insert([event], at)}),
        ${orderProgress(orderId, at)}
      UPDATE orders o SET status = 'confirmed', end_reason = NULL, updated_at = ${at} WHERE id = ${orderId} AND ${PAID}`;
    // Checked under the lock: the first statement, if it waited for the lock, does not see a refund made meanwhile.
    if (confirmed === 0) throw new Error(`Order ${orderId} is not paid.`);
    return "confirmed";
  });
}

/**
 * Cancels an order at any moment before it ships, or what is left of one that has partly shipped. One transaction sets the status,
 * frees the stock and requests the refund. A run that is charging the order sees the new status and ends. The function
 * `cancel-order` cancels open PaymentIntents at Stripe and emails the customer. A second call changes nothing. `detail` is stored
 * in its timeline.
 *
 * @throws AppError `not_found` (404), `order_not_cancellable` (409)
 */
export async function cancelOrder(
  orderId: string,
  reason: CancelReason,
  detail: Prisma.InputJsonObject = {},
): Promise<void> {
  await withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    const lines = order.status === "confirmed" ? await readLines(tx, orderId) : [];
    const rest = openItems(lines);
    const partlyShipped = lines.some(({ shipped }) => shipped > 0) ? { itemsLeft: rest.length > 0 } : undefined;
    const decision = decideCancel(order.status, partlyShipped);
    if (decision === "refuse")
      throw conflict(
        "order_not_cancellable",
        `An order that is ${partlyShipped ? "partly shipped" : order.status} cannot be cancelled.`,
      );
    if (decision === "cancel") await recordOrderCancellation(tx, publish, orderId, order.status, reason, detail);
    if (decision === "cancel_rest") await cancelRest(tx, publish, orderId, rest, { ...detail, reason });
  });
}

/** Cancels the items of a partly shipped order that have not shipped: their stock is free, and their price is refunded. */
async function cancelRest(
  tx: Tx,
  publish: Publish,
  orderId: string,
  items: Items[],
  detail: Prisma.InputJsonObject,
): Promise<void> {
  const at = now();
  await returnSoldItems(tx, orderId, items);
  await refundItems(tx, publish, orderId, "order_cancelled", items);
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "items_cancelled", data: { ...detail, items: items.map((item) => ({ ...item })) } }], at)})
    UPDATE order_lines l SET cancelled = l.cancelled + i.quantity
    FROM jsonb_to_recordset(${JSON.stringify(items)}::jsonb) AS i("productId" text, quantity int)
    WHERE l.order_id = ${orderId} AND l.product_id = i."productId"`;
  await completePartlyShipped(tx, publish, orderId);
}

/**
 * Cancels an order within a transaction that holds the order's lock. Items that were paid back before do not return to the stock: a
 * restocking refund has added them.
 */
export async function recordOrderCancellation(
  tx: Tx,
  publish: Publish,
  orderId: string,
  status: OrderStatus,
  reason: CancelReason,
  detail: Prisma.InputJsonObject = {},
): Promise<void> {
  const at = now();
  if (status === "confirmed") await returnSoldItems(tx, orderId, openItems(await readLines(tx, orderId)));
  else await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_CANCELLED,
    id: `order-cancelled:${orderId}`,
    data: { orderId, reason, stored: true },
  };
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_cancelled", data: { ...detail, reason } }], at)}),
    published AS (${publish.insert([event], at)}),
    suppressed AS (${queuedEmailCancellation("order_confirmed", orderId)}),
    released AS (${couponRelease(orderId)})
    UPDATE orders SET status = 'cancelled', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  await refundRemainder(tx, publish, orderId, "order_cancelled");
}

/**
 * Ends an order that cannot be paid or confirmed, and returns the status it has afterwards. Its stock is free again, captured
 * money is refunded, and the function `payment-failed` emails the customer. Changes nothing if the order has ended already or
 * if it is at another attempt.
 */
export async function failOrder(
  orderId: string,
  attempt: number,
  reason: FailureReason,
  detail: Prisma.InputJsonObject = {},
): Promise<OrderStatus> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw new Error(`There is no order ${orderId}.`);
    if (!isOpen(order.status) || order.attempt !== attempt) return order.status;
    await recordOrderFailure(tx, publish, orderId, attempt, reason, detail);
    return "failed";
  });
}

/** Failures that may come from somebody who tests stolen cards, or who reserves stock without paying for it. */
const CLIENT_FAILURES: FailureReason[] = [
  ...(["payment_declined", "authentication_failed", "payment_expired", "invalid_payment_method"] as const),
];

/** Fails an order within a transaction that holds the order's lock. `detail` is stored in its timeline. */
export async function recordOrderFailure(
  tx: Tx,
  publish: Publish,
  orderId: string,
  attempt: number,
  reason: FailureReason,
  detail: Prisma.InputJsonObject = {},
): Promise<void> {
  const at = now();
  await releaseReservations(tx, orderId);
  const event: OutgoingEvent = {
    name: EVENTS.PAYMENT_FAILED,
    id: `payment-failed:${orderId}:${attempt}`,
    data: { orderId, attempt, reason },
  };
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_failed", key: attempt, data: { ...detail, reason } }], at)}),
    published AS (${publish.insert([event], at)}),
    released AS (${couponRelease(orderId)}),
    counted AS (${CLIENT_FAILURES.includes(reason) ? failureInsert(Prisma.sql`(SELECT client_key FROM orders WHERE id = ${orderId})`, at) : Prisma.sql`SELECT 1`})
    UPDATE orders SET status = 'failed', end_reason = ${reason}, updated_at = ${at} WHERE id = ${orderId}`;
  await refundRemainder(tx, publish, orderId, reason);
}
