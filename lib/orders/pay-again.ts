import type { OrderStatus } from "@/prisma/generated/enums";
import { ORDER_DEADLINE } from "../checkout/place-order";
import { after, ago, DAY, now } from "../clock";
import { retakeCoupon } from "../coupons/redeem-coupon";
import { transaction } from "../db";
import { queuedEmailCancellation } from "../email/cancel-queued-email";
import { conflict, notFound } from "../errors";
import { triggerOrderProcessing } from "../inngest";
import { canPayAgain, RETRY_WINDOW_DAYS } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { announce } from "../outbox";

interface Failed {
  status: OrderStatus;
  endReason: string | null;
  attempt: number;
  couponCode: string | null;
  createdAt: Date;
}

/**
 * Starts another attempt to pay for an order that failed, with another card: the same order, reserved anew and charged
 * under a key of its own. Of two calls at once, one starts it and the other is told that it is under way.
 *
 * @throws AppError `not_found` (404), `order_not_payable`, `coupon_used` (409)
 */
export async function payAgain(orderId: string, paymentMethod: string): Promise<void> {
  const events = await transaction(async (tx) => {
    const [order] = await tx.$queryRaw<Failed[]>`
      SELECT status, end_reason AS "endReason", attempt, coupon_code AS "couponCode", created_at AS "createdAt" FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order) throw notFound("order");
    if (!canPayAgain(order.status, order.endReason))
      throw conflict("order_not_payable", `An order that is ${order.status} cannot be paid again.`);
    if (order.createdAt < ago(RETRY_WINDOW_DAYS * DAY))
      throw conflict("order_not_payable", "This order is too old to be paid; please place it again.");
    await retakeCoupon(tx, orderId, order.couponCode);
    const at = now();
    const attempt = order.attempt + 1;
    await tx.$executeRaw`
      WITH told AS (${timelineInsert([{ orderId, type: "payment_retried", key: attempt }], at)}),
      hushed AS (${queuedEmailCancellation("order_failed", `${orderId}:${order.attempt}`)})
      UPDATE orders SET status = 'pending', end_reason = NULL, attempt = ${attempt}, payment_method = ${paymentMethod},
        deadline_at = ${after(ORDER_DEADLINE, at)}, updated_at = ${at} WHERE id = ${orderId}`;
    return triggerOrderProcessing(tx, { orderId, attempt });
  });
  await announce(events);
}
