import { ago, DAY, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { scanTimeline } from "../order-state/scan-timeline";
import type { Sweep } from "../sweep";
import type { SubscribedType } from "./events";
import { planDeliveries } from "./plan-deliveries";

/** The timeline entry of each webhook event. Its key is the id of the shipment or refund. */
const TYPES: Record<string, SubscribedType> = {
  order_confirmed: "order.confirmed",
  order_shipped: "order.shipped",
  order_partly_shipped: "order.shipped",
  order_cancelled: "order.cancelled",
  refund_succeeded: "order.refunded",
};

/** A run that is only late may plan at the same time. Both insert the same deliveries. */
const GRACE_MS = 5 * MINUTE;
/** Deliveries of older events may have been deleted, so a missing one proves nothing. */
const MAX_AGE_MS = 7 * DAY;

/**
 * A run plans the deliveries in the order of the endpoints' ids, page by page. So if the last endpoint that was enabled at the time of
 * entry `e` has its delivery, all have. The id of a delivery is derived as in `planDeliveries`.
 */
const IS_UNPLANNED = Prisma.sql`EXISTS (
  WITH staff AS MATERIALIZED (
    SELECT w.id, w.events, coalesce(w.enabled_at, w.created_at) AS since FROM webhook_endpoints w JOIN users u ON u.id = w.user_id WHERE w.enabled AND u.role IN ('manager', 'admin')
  )
  SELECT 1 FROM (
    SELECT w.id, t.type FROM (
      SELECT id, events, since FROM staff
      UNION ALL
      SELECT w.id, w.events, coalesce(w.enabled_at, w.created_at) FROM orders o JOIN webhook_endpoints w ON w.user_id = o.user_id WHERE o.id = e.order_id AND w.enabled
    ) w, (SELECT ${JSON.stringify(TYPES)}::jsonb ->> e.type AS type) t
    WHERE t.type = ANY(w.events) AND w.since <= e.at ORDER BY w.id DESC LIMIT 1
  ) endpoint
  WHERE NOT EXISTS (
    SELECT 1 FROM webhook_deliveries d WHERE d.id = 'whd_' || left(encode(sha256(convert_to(
      '["' || endpoint.type || ':' || coalesce(nullif(e.key, ''), e.order_id) || '","' || endpoint.id || '"]', 'UTF8')), 'hex'), 32)))`;

/** Until a run has planned its deliveries, an event exists for no endpoint, and no owner can redeliver it. */
export const unplannedDeliveries: Sweep = {
  name: "unplanned-webhook-deliveries",
  description: "Plans the webhook deliveries of an order's event whose run was lost before it planned them.",
  intervalMs: 5 * MINUTE,
  scan: (cursor, at) =>
    scanTimeline(cursor, at, {
      types: Object.keys(TYPES),
      graceMs: GRACE_MS,
      settledMs: GRACE_MS,
      incomplete: Prisma.sql`e.at >= ${ago(MAX_AGE_MS, at)} AND ${IS_UNPLANNED}`,
    }),
  async repair(id) {
    const entry = await db().orderEvent.findUnique({
      where: { id: Number(id) },
      select: { orderId: true, type: true, key: true },
    });
    const type = entry && TYPES[entry.type];
    if (!entry || !type) return;
    const { orderId, key } = entry;
    const event = {
      ...{ type, orderId },
      ...(type === "order.shipped" && { shipmentId: key }),
      ...(type === "order.refunded" && { refundId: key }),
    };
    for (let cursor: string | null = ""; cursor !== null; ) cursor = (await planDeliveries(event, cursor)).next;
  },
};
