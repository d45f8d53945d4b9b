import { after, ago, MINUTE, now, SECOND } from "../clock";
import { db, Prisma, type Tx, transaction } from "../db";
import { EVENTS } from "../events";
import { batchSendEvents } from "../inngest";
import { releaseReservations } from "../inventory/reservations";
import { lockOrder } from "../order-state/order-changes";
import { isOpen } from "../order-state/status";
import { withOutbox } from "../outbox";
import { cancelOpenPaymentIntents } from "../payments/sync-order-payment";
import type { Sweep } from "../sweep";
import { recordOrderFailure } from "./change-order";
import { expireReview, reminderTime } from "./review";
import { remindManagers } from "./review-emails";

/**
 * A run that works on an order changes it more often than this, unless Stripe is slow. A second run beside it does no harm, so
 * waiting longer would only delay the orders whose run is lost. With the reconciler's minute, they continue within 90 seconds.
 */
const IDLE_MS = 30 * SECOND;

/**
 * The SQL condition that order `o` with its current payment `p` is open and has not changed for `idleMs`, so its run may be lost.
 * It excludes orders that wait for their customer, or are held for a manager.
 */
export const isStuck = (at: Date, idleMs: number, idleAfterPaymentMs = idleMs): Prisma.Sql => Prisma.sql`(
  o.status IN ('pending', 'awaiting_payment') AND o.deadline_at > ${at}
  AND (o.updated_at <= ${ago(idleMs, at)} AND o.status = 'pending'
       OR p.status <> 'requires_action' AND p.updated_at <= ${ago(idleAfterPaymentMs, at)})
  AND NOT (coalesce(p.status = 'succeeded', false) AND EXISTS (
    SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status = 'held' AND v.held_at IS NOT NULL)))`;

/**
 * The SQL expression for the id of the event that restarts order `o`. It changes each time the idle time has doubled: 30 s, 1, 2, 4
 * minutes and so on. So an outage of Stripe for hours causes a few restarts of each order, not one every minute.
 */
const restartId = (at: Date): Prisma.Sql => Prisma.sql`'order-created:' || o.id || ':again:' || o.attempt || ':' ||
  (extract(epoch FROM o.updated_at) * 1000)::bigint || ':' ||
  floor(log(2, greatest(1, extract(epoch FROM ${at}::timestamptz - o.updated_at) / ${IDLE_MS / SECOND}::int)))::int`;

/** Orders whose run may be lost. Two concurrent runs of an order are safe, because every step of `process-order` is idempotent. */
export const stuckOrders: Sweep = {
  name: "stuck-orders",
  description: "Starts process-order again for open orders that have not changed for a while.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
    WHERE ${isStuck(at, IDLE_MS)} AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.id = ${restartId(at)})
    ORDER BY o.updated_at`,
  repairAll: restartOrders,
};

interface OpenOrder {
  orderId: string;
  attempt: number;
}

/** Starts `process-order` again for those of the orders that are open. Returns their number. */
async function restartOrders(orderIds: string[]): Promise<number> {
  const orders = await db().$queryRaw<(OpenOrder & { eventId: string })[]>`
    SELECT o.id AS "orderId", o.attempt, ${restartId(now())} AS "eventId" FROM orders o
    WHERE o.id = ANY(${orderIds}) AND o.status IN ('pending', 'awaiting_payment')`;
  await batchSendEvents(orders.map(({ eventId: id, ...data }) => ({ name: EVENTS.ORDER_CREATED, id, data })));
  return orders.length;
}

/** The sweep restarts the others. */
const MAX_RESTARTS = 1_000;
/** Instances that start at the same time restart each order once. */
const START_SLOT_MS = 10 * SECOND;

/**
 * Starts `process-order` again for the open orders, when the app has started. The runs that a crash interrupted wait for
 * Inngest's backoff, up to a minute; the new ones continue at once, and the old ones then find nothing left to do.
 */
export async function restartInterruptedOrders(): Promise<number> {
  const at = now();
  const slot = Math.floor(at.getTime() / START_SLOT_MS);
  const orders = await db().$queryRaw<OpenOrder[]>`
    SELECT o.id AS "orderId", o.attempt FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
    WHERE ${isStuck(at, 0)} ORDER BY o.updated_at LIMIT ${MAX_RESTARTS}`;
  const eventId = (orderId: string) => `order-created:${orderId}:start:${slot}`;
  await batchSendEvents(orders.map((data) => ({ name: EVENTS.ORDER_CREATED, id: eventId(data.orderId), data })));
  return orders.length;
}

/** Long enough for the run or request that ended the order to cancel its PaymentIntents itself. */
const CANCEL_GRACE_MS = 5 * MINUTE;

export const openPaymentIntents: Sweep = {
  name: "open-payment-intents",
  description: "Cancels PaymentIntents of ended orders and of earlier attempts, so they cannot be paid any more.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT DISTINCT p.order_id AS id FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.status IN ('created', 'confirming', 'requires_action', 'failed') AND p.intent_id IS NOT NULL AND p.updated_at < ${ago(CANCEL_GRACE_MS, at)}
      AND (o.status NOT IN ('pending', 'awaiting_payment') OR o.attempt > p.attempt)`,
  repair: cancelOpenPaymentIntents,
};

export const overdueOrders: Sweep = {
  name: "overdue-orders",
  description: "Ends open orders past their deadline, after cancelling what can still be paid at Stripe.",
  intervalMs: MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at <= ${at} ORDER BY deadline_at`,
  repair: endOverdueOrder,
};

/** Fails an overdue order, or confirms it if it turns out to be paid and no manager has to release it. */
async function endOverdueOrder(orderId: string): Promise<void> {
  const overdue = await findOverdue(db(), orderId);
  if (!overdue) return;
  await cancelOpenPaymentIntents(orderId, overdue.attempt);
  const order = await findOverdue(db(), orderId);
  if (order?.attempt !== overdue.attempt) return;
  const paid = order.payments.some(({ attempt }) => attempt === order.attempt);
  if (paid && order.review?.status === "held") await expireReview(orderId);
  else if (paid) await restartOrders([orderId]);
  else
    await withOutbox(async (tx, publish) => {
      await lockOrder(tx, orderId);
      const { attempt } = (await findOverdue(tx, orderId)) ?? {};
      if (attempt === overdue.attempt) await recordOrderFailure(tx, publish, orderId, attempt, "expired");
    });
}

/**
 * Returns an open order whose deadline is over or whose reservation has expired. Both can be extended after a sweep found the
 * order.
 */
function findOverdue(client: Pick<Tx, "order">, orderId: string) {
  const expired = { lte: now() };
  return client.order.findFirst({
    where: {
      ...{ id: orderId, status: { in: ["pending", "awaiting_payment"] } },
      OR: [{ deadlineAt: expired }, { reservations: { some: { status: "active", expiresAt: expired } } }],
    },
    select: {
      attempt: true,
      review: { select: { status: true } },
      payments: { where: { captured: { gt: 0 } }, select: { attempt: true } },
    },
  });
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
      const order = await lockOrder(tx, orderId);
      if (order && !isOpen(order.status)) await releaseReservations(tx, orderId);
    });
  },
};

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
