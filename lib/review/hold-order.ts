import type { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { after, HOUR, MINUTE, now } from "../clock";
import { type Tx, transaction } from "../db";
import { isOpen } from "../order-state/status";
import { timelineInsert } from "../order-state/timeline";
import { holdTime } from "./policy";

/** `ended`: the order was cancelled, or another attempt to pay for it has begun. */
export type HoldState = "held" | "released" | "ended";

/** The run ends a hold at its time; this much later the reconciler does. */
const GRACE = 10 * MINUTE;

/**
 * Where a paid order that a manager has to look at stands. The first call starts the time that there is for it, and keeps
 * the stock set aside for as long. Read under the lock under which it is decided: no decision falls between.
 */
export async function holdOrder(orderId: string, attempt: number): Promise<HoldState> {
  return transaction(async (tx) => {
    const [order] = await tx.$queryRaw<{ status: OrderStatus; attempt: number }[]>`
      SELECT status, attempt FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order || !isOpen(order.status) || order.attempt !== attempt) return "ended";
    // A statement of its own: one that had to wait for the lock would not see what was written meanwhile.
    const [review] = await tx.$queryRaw<{ status: ReviewStatus; begun: boolean }[]>`
      SELECT r.status, EXISTS (
        SELECT 1 FROM order_events e WHERE e.order_id = r.order_id AND e.type = 'order_held' AND e.key = ${String(attempt)}) AS begun
      FROM order_reviews r WHERE r.order_id = ${orderId}`;
    if (review?.status !== "held") return "released";
    if (!review.begun) await begin(tx, orderId, attempt);
    return "held";
  });
}

async function begin(tx: Tx, orderId: string, attempt: number): Promise<void> {
  const at = now();
  const due = after(holdTime(), at);
  await tx.$executeRaw`
    WITH told AS (${timelineInsert([{ orderId, type: "order_held", key: attempt }], at)}),
    kept AS (
      UPDATE reservations SET expires_at = greatest(expires_at, ${after(HOUR, due)}) WHERE order_id = ${orderId} AND status = 'active'
    ), held AS (UPDATE order_reviews SET held_at = ${at}, due_at = ${due} WHERE order_id = ${orderId})
    UPDATE orders SET status = 'pending', deadline_at = ${after(GRACE, due)}, updated_at = ${at} WHERE id = ${orderId}`;
}
