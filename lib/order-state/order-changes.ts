import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import type { Order } from "../models";
import { recordChange } from "../realtime";

export type LockedOrder = Pick<
  Order,
  "status" | "attempt" | "currency" | "endReason" | "couponCode" | "paymentMethod" | "deadlineAt" | "createdAt"
>;

/**
 * Locks an order until the transaction ends and returns its current state; undefined if there is none. Every change of an order
 * takes this lock first. Rows of other tables that the lock protects must be read by a later statement. If a statement waits for a
 * lock, PostgreSQL (READ COMMITTED) shows it the current state of the locked rows only. It sees all other rows as before the wait.
 */
export async function lockOrder(tx: Tx, orderId: string): Promise<LockedOrder | undefined> {
  const [order] = await tx.$queryRaw<LockedOrder[]>`
    SELECT status, attempt, currency, end_reason AS "endReason", coupon_code AS "couponCode", payment_method AS "paymentMethod", deadline_at AS "deadlineAt",
      created_at AS "createdAt"
    FROM orders WHERE id = ${orderId} FOR UPDATE`;
  return order;
}

/** The types of timeline entries. They are part of the public API. */
export const TIMELINE_TYPES = [
  "order_placed",
  "stock_reserved",
  "stock_released",
  "payment_action_required",
  "payment_succeeded",
  "payment_failed",
  "payment_canceled",
  "payment_disputed",
  "dispute_closed",
  "order_held",
  "order_released",
  "order_confirmed",
  "order_failed",
  "order_cancelled",
  "order_corrected",
  "order_partly_shipped",
  "order_shipped",
  "parcel_delivered",
  "order_delivered",
  "payment_retried",
  "refund_requested",
  "refund_succeeded",
  "refund_failed",
  "refund_paid_otherwise",
  "items_cancelled",
  "order_refunded",
] as const;

export type TimelineType = (typeof TIMELINE_TYPES)[number];

export interface TimelineEntry {
  orderId: string;
  type: TimelineType;
  /** Distinguishes entries of one type, such as an attempt or a refund. The same type and key twice is one entry. */
  key?: string | number;
  data?: Prisma.InputJsonObject;
}

/** Returns the INSERT of timeline entries, as a CTE of a larger statement. Entries that exist are left as they are. */
export function timelineInsert(entries: TimelineEntry[], at = now()): Prisma.Sql {
  recordChanges(entries);
  const rows = entries.map(({ orderId, type, key = "", data = {} }) => ({
    order_id: orderId,
    type,
    key: String(key),
    data,
  }));
  return Prisma.sql`INSERT INTO order_events (order_id, type, key, data, at)
    SELECT e.order_id, e.type, e.key, e.data, ${at}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS e(order_id text, type text, key text, data jsonb)
    ON CONFLICT (order_id, type, key) DO NOTHING`;
}

/** Inserts timeline entries in a separate statement. */
export async function insertTimeline(tx: Tx, entries: TimelineEntry[], at = now()): Promise<void> {
  recordChanges(entries);
  await tx.orderEvent.createMany({
    data: entries.map(({ orderId, type, key = "", data = {} }) => ({ orderId, type, key: String(key), data, at })),
    skipDuplicates: true,
  });
}

/** Every change of an order that its customer sees has an entry in its timeline. */
function recordChanges(entries: TimelineEntry[]): void {
  for (const { orderId, type } of entries) recordChange({ topic: "orders", id: orderId }, type);
}
