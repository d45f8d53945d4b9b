import type { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { transaction } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { type TimelineEntry, timelineInsert } from "../order-state/timeline";
import { announce, enqueue } from "../outbox";

interface Parcel {
  id: string;
  trackingNumber: string;
  delivered: boolean;
}

/** What `POST /api/admin/orders/{id}/deliver` answers. */
export interface Delivered {
  orderId: string;
  status: OrderStatus;
  /** Parcels that are still on their way. */
  underway: number;
}

/**
 * A parcel has arrived, or all that are on their way. The order is delivered once everything has left and arrived. Said
 * twice, it changes nothing.
 *
 * @throws AppError `not_found` (404), `order_not_shipped` (409), `validation_failed` (422) for an unknown tracking number
 */
export async function deliverOrder(orderId: string, trackingNumber?: string): Promise<Delivered> {
  const event: OutgoingEvent = { name: EVENTS.ORDER_DELIVERED, id: `order-delivered:${orderId}`, data: { orderId } };
  const { last, ...answer } = await transaction(async (tx) => {
    const [order] = await tx.$queryRaw<
      { status: OrderStatus }[]
    >`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order) throw notFound("order");
    const parcels = await tx.$queryRaw<Parcel[]>`
      SELECT id, tracking_number AS "trackingNumber", delivered_at IS NOT NULL AS delivered FROM shipments WHERE order_id = ${orderId}`;
    if (parcels.length === 0) throw conflict("order_not_shipped", "Nothing of this order has been shipped.");
    const meant = parcels.filter((parcel) => trackingNumber === undefined || parcel.trackingNumber === trackingNumber);
    if (meant.length === 0)
      throw invalid("No parcel of this order has this tracking number.", [
        { path: "trackingNumber", message: "is not of a parcel of this order" },
      ]);
    const arrived = meant.filter(({ delivered }) => !delivered);
    const underway = parcels.filter(({ delivered }) => !delivered).length - arrived.length;
    const status = order.status === "shipped" && underway === 0 ? "delivered" : order.status;
    const at = now();
    const entries: TimelineEntry[] = arrived.map((parcel) => ({
      orderId,
      type: "parcel_delivered",
      key: parcel.id,
      data: { trackingNumber: parcel.trackingNumber },
    }));
    const last = status !== order.status;
    if (last) entries.push({ orderId, type: "order_delivered" });
    if (entries.length > 0)
      await tx.$executeRaw`
        WITH arrived AS (UPDATE shipments SET delivered_at = ${at} WHERE id = ANY(${arrived.map(({ id }) => id)})),
        told AS (${timelineInsert(entries, at)})
        UPDATE orders SET status = ${status}::order_status, updated_at = ${at} WHERE id = ${orderId}`;
    if (last) await enqueue(tx, [event]);
    return { orderId, status, underway, last };
  });
  if (last) await announce([event]);
  return answer;
}
