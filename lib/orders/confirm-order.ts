import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { Prisma } from "../db";
import { giftEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { commitReservations } from "../inventory/reservations";
import { orderProgress } from "../onboarding/progress";
import { isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { withOutbox } from "../outbox";
import { recordOrderFailure } from "./fail-order";

interface PayableOrder {
  status: OrderStatus;
  totalAmount: number;
  currency: string;
  paid: boolean;
  /** No manager has released it yet. */
  held: boolean;
  /** The customer has never received a gift coupon. */
  gift: boolean;
  /** At least one webhook endpoint subscribes to `order.confirmed`. */
  partners: boolean;
}

const PAID = Prisma.sql`EXISTS (
  SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.attempt = o.attempt AND p.captured - p.refunded = o.total_amount)`;

/**
 * Confirms a paid order and sells its stock, in one transaction under the order's lock. Returns the status that the order has
 * afterwards: a second call finds it confirmed, and an order that a manager holds stays open. If the reservation was lost, the
 * order fails and the money is refunded.
 */
export async function confirmOrder(orderId: string, attempt: number): Promise<OrderStatus> {
  return withOutbox(async (tx, publish) => {
    const [order] = await tx.$queryRaw<PayableOrder[]>`
      SELECT o.status, o.total_amount AS "totalAmount", o.currency,
        ${PAID} AS paid,
        EXISTS (SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held') AS held,
        ${giftEnv().GIFT_PERCENT > 0} AND NOT EXISTS (SELECT 1 FROM coupons c WHERE c.gift_email = email_key(o.email) OR c.gift_user_id = o.user_id) AS gift,
        EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.enabled AND 'order.confirmed' = ANY(e.events)) AS partners
      FROM orders o WHERE o.id = ${orderId} AND o.attempt = ${attempt} FOR UPDATE`;
    if (!order) throw new Error(`There is no attempt ${attempt} of order ${orderId}.`);
    const { status, totalAmount, currency, paid, held, gift, partners } = order;
    if (!isOpen(status) || held) return status;
    if (!paid) throw notPaid(orderId);
    if (!(await commitReservations(tx, orderId, attempt))) {
      await recordOrderFailure(tx, publish, orderId, attempt, "stock_lost");
      return "failed";
    }
    const at = now();
    const event: OutgoingEvent = {
      name: EVENTS.ORDER_CONFIRMED,
      id: `order-confirmed:${orderId}`,
      data: { orderId, totalAmount, currency, gift, partners },
    };
    const confirmed = await tx.$executeRaw`
      WITH timeline AS (${timelineInsert([{ orderId, type: "order_confirmed" }], at)}),
        published AS (${publish.insert([event], at)}),
        ${orderProgress(orderId, at)}
      UPDATE orders o SET status = 'confirmed', end_reason = NULL, updated_at = ${at} WHERE id = ${orderId} AND ${PAID}`;
    // Checked again under the lock: the first statement, if it waited for the lock, does not see a refund made meanwhile.
    if (confirmed === 0) throw notPaid(orderId);
    return "confirmed";
  });
}

const notPaid = (orderId: string) => new Error(`Order ${orderId} is not paid.`);
