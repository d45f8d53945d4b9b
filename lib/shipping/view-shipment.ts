import { Prisma } from "../db";
import type { ParcelItem } from "./plan-parcel";
import { trackingUrl } from "./tracking-url";

export interface ParcelView {
  carrier: string;
  trackingNumber: string;
  trackingUrl?: string;
  items: ParcelItem[];
  shippedAt: string;
  deliveredAt?: string;
}

/** What has left of an order. The fields of its newest parcel stand in front; `complete` says that nothing is left to ship. */
export interface ShipmentView extends Omit<ParcelView, "items"> {
  complete: boolean;
  parcels: ParcelView[];
}

/** A row of `parcelsOf`. */
export interface ParcelRow {
  id: string;
  carrier: string;
  trackingNumber: string;
  shippedAt: string;
  deliveredAt: string | null;
  items: ParcelItem[];
}

/** The SQL expression of an order's parcels as JSON, oldest first, null when there are none. */
export function parcelsOf(orderId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT json_agg(json_build_object('id', s.id, 'carrier', s.carrier, 'trackingNumber', s.tracking_number,
      'shippedAt', s.shipped_at, 'deliveredAt', s.delivered_at,
      'items', (SELECT json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity) ORDER BY i.product_id)
                FROM shipment_items i WHERE i.shipment_id = s.id)) ORDER BY s.shipped_at, s.id)
    FROM shipments s WHERE s.order_id = ${orderId})`;
}

/** As the order's owner sees it; undefined while nothing has left. */
export function viewShipment(rows: ParcelRow[] | null, ordered: { quantity: number }[]): ShipmentView | undefined {
  const parcels = (rows ?? []).map(viewParcel);
  const newest = parcels.at(-1);
  if (!newest) return undefined;
  const count = (items: { quantity: number }[]) => items.reduce((sum, { quantity }) => sum + quantity, 0);
  const { items: _, ...front } = newest;
  return { ...front, complete: count(parcels.flatMap(({ items }) => items)) === count(ordered), parcels };
}

export function viewParcel({ carrier, trackingNumber, shippedAt, deliveredAt, items }: ParcelRow): ParcelView {
  const page = trackingUrl(carrier, trackingNumber);
  return {
    carrier,
    trackingNumber,
    ...(page && { trackingUrl: page }),
    items,
    shippedAt: new Date(shippedAt).toISOString(),
    ...(deliveredAt && { deliveredAt: new Date(deliveredAt).toISOString() }),
  };
}
