import { now } from "../clock";
import { Prisma } from "../db";

/** What can stand in an order's timeline. */
export type TimelineType =
  | "order_placed"
  | "stock_reserved"
  | "payment_action_required"
  | "payment_succeeded"
  | "payment_failed"
  | "payment_canceled"
  | "order_held"
  | "order_released"
  | "order_confirmed"
  | "order_failed"
  | "order_cancelled"
  | "order_partly_shipped"
  | "order_shipped"
  | "parcel_delivered"
  | "order_delivered"
  | "payment_retried"
  | "refund_requested"
  | "refund_succeeded"
  | "refund_failed"
  | "order_refunded";

export interface TimelineEntry {
  orderId: string;
  type: TimelineType;
  /** Tells repeated entries of one type apart (an attempt, a refund); the same entry written twice is one. */
  key?: string | number;
  data?: Record<string, unknown>;
}

/** The INSERT that writes entries, alone or within a larger statement. */
export function timelineInsert(entries: TimelineEntry[], at = now()): Prisma.Sql {
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
