import { after, HOUR, MINUTE, now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { reviewEnv } from "../env";
import type { Money } from "../money";
import { lockOrder } from "../order-state/lock-order";
import { isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { holdTime, isHighValue } from "./policy";

/**
 * Returns the INSERT of the review of an order of high value, as a CTE of the statement that inserts the order. It is decided
 * there, once, so that every function finds the same decision.
 */
export function reviewInsert(orderId: string, total: Money, at: Date): Prisma.Sql {
  if (!isHighValue(total)) return Prisma.sql`SELECT 1`;
  const status = reviewEnv().REVIEW_HOLD ? "held" : "noted";
  return Prisma.sql`INSERT INTO order_reviews (order_id, status, created_at) VALUES (${orderId}, ${status}::review_status, ${at}::timestamptz)`;
}

/** `ended`: the order was cancelled, or another attempt to pay for it has started. */
export type HoldState = "held" | "released" | "ended";

/** The run ends a hold when it expires. The reconciler ends it this much later. */
const RECONCILE_DELAY_MS = 10 * MINUTE;

/**
 * Returns whether a paid order is held for a manager. The first call starts the hold and extends the order's reservation to its
 * end. The review is read under the lock under which managers decide, so no decision is missed.
 */
export async function holdOrder(orderId: string, attempt: number): Promise<HoldState> {
  return transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order || !isOpen(order.status) || order.attempt !== attempt) return "ended";
    const review = await tx.orderReview.findUnique({
      where: { orderId },
      select: {
        status: true,
        order: { select: { timeline: { where: { type: "order_held", key: String(attempt) }, select: { id: true } } } },
      },
    });
    if (review?.status !== "held") return "released";
    if (review.order.timeline.length === 0) await startHold(tx, orderId, attempt);
    return "held";
  });
}

async function startHold(tx: Tx, orderId: string, attempt: number): Promise<void> {
  const at = now();
  const dueAt = after(holdTime(), at);
  await tx.$executeRaw`
    WITH timeline AS (${timelineInsert([{ orderId, type: "order_held", key: attempt }], at)}),
    extended AS (
      UPDATE reservations SET expires_at = greatest(expires_at, ${after(HOUR, dueAt)}) WHERE order_id = ${orderId} AND status = 'active'
    ), held AS (UPDATE order_reviews SET held_at = ${at}, due_at = ${dueAt} WHERE order_id = ${orderId})
    UPDATE orders SET status = 'pending', deadline_at = ${after(RECONCILE_DELAY_MS, dueAt)}, updated_at = ${at} WHERE id = ${orderId}`;
}
