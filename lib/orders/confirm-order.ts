import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { giftEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { commitReservations } from "../inventory/reservations";
import { orderProgress } from "../onboarding/progress";
import { isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { announce, outboxInsert } from "../outbox";
import { recordOrderFailure } from "./fail-order";

interface Payable {
  status: OrderStatus;
  totalAmount: number;
  currency: string;
  paid: boolean;
  /** A manager has not released it yet. */
  held: boolean;
  /** The customer may be a new one, who gets a gift. */
  gift: boolean;
  /** A partner may ask to hear of it. */
  partners: boolean;
}

const PAID = Prisma.sql`EXISTS (
  SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.attempt = o.attempt AND p.captured - p.refunded = o.total_amount)`;
const notPaid = (orderId: string) => new Error(`Order ${orderId} is not paid.`);

/**
 * The order is paid: it is confirmed and its stock sold, in one transaction under the lock on its row. Says which status
 * the order has afterwards; a second call finds it confirmed, and one that is held for a manager stays so. Should the stock have been lost meanwhile, the order fails
 * and the money goes back.
 */
export async function confirmOrder(orderId: string, attempt: number): Promise<OrderStatus> {
  const events: OutgoingEvent[] = [];
  const status = await transaction(async (tx) => {
    events.length = 0;
    const [order] = await tx.$queryRaw<Payable[]>`
      SELECT o.status, o.total_amount AS "totalAmount", o.currency,
        ${PAID} AS paid,
        EXISTS (SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held') AS held,
        ${giftEnv().GIFT_PERCENT > 0} AND NOT EXISTS (SELECT 1 FROM coupons c WHERE c.gift_email = o.email OR c.gift_user_id = o.user_id) AS gift,
        EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.enabled AND 'order.confirmed' = ANY(e.events)) AS partners
      FROM orders o WHERE o.id = ${orderId} AND o.attempt = ${attempt} FOR UPDATE`;
    if (!order) throw new Error(`There is no attempt ${attempt} of order ${orderId}.`);
    if (!isOpen(order.status) || order.held) return order.status;
    if (!order.paid) throw notPaid(orderId);
    if (!(await commitReservations(tx, orderId, attempt))) {
      events.push(...(await recordOrderFailure(tx, orderId, attempt, "stock_lost")));
      return "failed";
    }
    events.push(await write(tx, orderId, order));
    return "confirmed";
  });
  await announce(events);
  return status;
}

async function write(
  tx: Tx,
  orderId: string,
  { totalAmount, currency, gift, partners }: Payable,
): Promise<OutgoingEvent> {
  const at = now();
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_CONFIRMED,
    id: `order-confirmed:${orderId}`,
    data: { orderId, totalAmount, currency, gift, partners },
  };
  const confirmed = await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_confirmed" }], at)}), announced AS (${outboxInsert([event], at)}),
      ${orderProgress(orderId, at)}
    UPDATE orders o SET status = 'confirmed', end_reason = NULL, updated_at = ${at} WHERE id = ${orderId} AND ${PAID}`;
  // Asked again once the lock is held: the statement that waited for it does not see a refund that was booked meanwhile.
  if (confirmed === 0) throw notPaid(orderId);
  return event;
}
