import { z } from "zod";
import { OrderStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { conflict, invalid, notFound } from "../errors";
import { EVENTS } from "../events";
import { lockOrder } from "../order-state/lock-order";
import { insertTimeline, type TimelineEntry } from "../order-state/timeline";
import { withOutbox } from "../outbox";

/** The body of the response to `POST /api/admin/orders/{id}/deliver`. */
export const deliveredSchema = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus),
  inTransit: z.int().describe("Parcels still on their way"),
});

type Delivered = z.output<typeof deliveredSchema>;

/**
 * Records that one shipment of an order, or each one on its way, has been delivered. The order is delivered when everything
 * has shipped and arrived. A second call changes nothing.
 *
 * @throws AppError `not_found` (404), `order_not_shipped` (409), `validation_failed` (422) for an unknown tracking number
 */
export async function deliverOrder(orderId: string, trackingNumber?: string): Promise<Delivered> {
  return withOutbox(async (tx, publish) => {
    const order = await lockOrder(tx, orderId);
    if (!order) throw notFound("order");
    const shipments = await tx.shipment.findMany({
      where: { orderId },
      select: { id: true, trackingNumber: true, deliveredAt: true },
    });
    if (shipments.length === 0) throw conflict("order_not_shipped", "Nothing of this order has been shipped.");
    const matching = shipments.filter((one) => trackingNumber === undefined || one.trackingNumber === trackingNumber);
    if (matching.length === 0)
      throw invalid("No shipment of this order has this tracking number.", [
        { path: "trackingNumber", message: "matches no shipment of this order" },
      ]);
    const arrived = matching.filter(({ deliveredAt }) => deliveredAt === null);
    const inTransit = shipments.filter(({ deliveredAt }) => deliveredAt === null).length - arrived.length;
    const last = order.status === "shipped" && inTransit === 0;
    const status = last ? "delivered" : order.status;
    if (arrived.length === 0 && !last) return { orderId, status, inTransit };
    const at = now();
    const entries: TimelineEntry[] = arrived.map((shipment) => ({
      orderId,
      type: "parcel_delivered",
      key: shipment.id,
      data: { trackingNumber: shipment.trackingNumber },
    }));
    if (last) entries.push({ orderId, type: "order_delivered" });
    await tx.shipment.updateMany({ where: { id: { in: arrived.map(({ id }) => id) } }, data: { deliveredAt: at } });
    await insertTimeline(tx, entries, at);
    await tx.order.update({ where: { id: orderId }, data: { status, updatedAt: at }, select: { id: true } });
    if (last) publish({ name: EVENTS.ORDER_DELIVERED, id: `order-delivered:${orderId}`, data: { orderId } });
    return { orderId, status, inTransit };
  });
}
