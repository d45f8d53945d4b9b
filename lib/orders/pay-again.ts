import { after, ago, DAY, now } from "../clock";
import { retakeCoupon } from "../coupons/redeem-coupon";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { triggerOrderProcessing } from "../inngest";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
import { canPayAgain, ORDER_DEADLINE_MS, RETRY_WINDOW_DAYS } from "../order-state/status";
import { withOutbox } from "../outbox";

/**
 * Starts another attempt to pay for a failed order, with another card. The order gets a new reservation and a new idempotency
 * key. Of two concurrent calls, one starts the attempt and the other one gets an error.
 *
 * @throws AppError `not_found` (404), `order_not_payable`, `coupon_used` (409)
 */
export async function payAgain(orderId: string, paymentMethod: string): Promise<void> {
  await withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    if (!canPayAgain(order.status, order.endReason))
      throw conflict("order_not_payable", `An order that is ${order.status} cannot be paid again.`);
    if (order.createdAt < ago(RETRY_WINDOW_DAYS * DAY))
      throw conflict("order_not_payable", "This order is too old to be paid; please place it again.");
    await retakeCoupon(tx, orderId, order.couponCode);
    const at = now();
    const attempt = order.attempt + 1;
    await tx.$executeRaw`
      WITH timeline AS (${timelineInsert([{ orderId, type: "payment_retried", key: attempt }], at)}),
      suppressed AS (${queuedEmailCancellation("order_failed", `${orderId}:${order.attempt}`)})
      UPDATE orders SET status = 'pending', end_reason = NULL, attempt = ${attempt}, payment_method = ${paymentMethod},
        deadline_at = ${after(ORDER_DEADLINE_MS, at)}, updated_at = ${at} WHERE id = ${orderId}`;
    triggerOrderProcessing(publish, { orderId, attempt });
  });
}
