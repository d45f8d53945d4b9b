import type { OrderStatus } from "@/prisma/generated/enums";
import { after, MINUTE } from "../clock";
import { db, Prisma, transaction } from "../db";
import { releaseReservations } from "../inventory/reservations";
import { isOpen } from "../order-state/status";
import { failOrder } from "../orders/fail-order";
import { restartOrders } from "../orders/sweeps";
import { cancelOpenPaymentIntents } from "../payments/cancel-payment-intents";
import type { Sweep } from "../sweep";
import { expireReview } from "./decide-review";
import { remindManagers } from "./notify-managers";
import { reminderTime } from "./policy";

export const overdueOrders: Sweep = {
  name: "overdue-orders",
  description: "Ends open orders past their deadline, after cancelling what can still be paid at Stripe.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at <= ${at} ORDER BY deadline_at`,
  repair: endOverdueOrder,
};

/** Fails an open order, or confirms it if it turns out to be paid and no manager has to release it. */
async function endOverdueOrder(orderId: string): Promise<void> {
  await cancelOpenPaymentIntents(orderId);
  const order = await db().order.findUnique({
    where: { id: orderId },
    select: {
      status: true,
      attempt: true,
      review: { select: { status: true } },
      payments: { where: { captured: { gt: 0 } }, select: { attempt: true } },
    },
  });
  if (!order || !isOpen(order.status)) return;
  const paid = order.payments.some(({ attempt }) => attempt === order.attempt);
  if (paid && order.review?.status === "held") await expireReview(orderId);
  else if (paid) await restartOrders([orderId]);
  else await failOrder(orderId, order.attempt, "expired");
}

export const expiredReservations: Sweep = {
  name: "expired-reservations",
  description: "Releases stock that ended orders still reserve, and ends open orders whose reservation has expired.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT DISTINCT r.order_id AS id FROM reservations r JOIN orders o ON o.id = r.order_id
    WHERE r.status = 'active' AND (r.expires_at <= ${at} OR o.status IN ('failed', 'cancelled'))`,
  async repair(orderId) {
    await endOverdueOrder(orderId);
    await transaction(async (tx) => {
      const [order] = await tx.$queryRaw<LockedOrder[]>`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
      if (order && !isOpen(order.status)) await releaseReservations(tx, orderId);
    });
  },
};

interface LockedOrder {
  status: OrderStatus;
}

export const expiringReviews: Sweep = {
  name: "expiring-reviews",
  description: "Reminds managers, once, of held orders whose time for a decision runs out.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT v.order_id AS id FROM order_reviews v JOIN orders o ON o.id = v.order_id AND o.status IN ('pending', 'awaiting_payment')
    WHERE v.status = 'held' AND v.due_at BETWEEN ${at} AND ${after(reminderTime(), at)} AND v.reminded_at IS NULL
    ORDER BY v.due_at`,
  repair: remindManagers,
};
