import { db, Prisma } from "../db";
import { appEnv } from "../env";
import { type ParcelRow, type ParcelView, parcelsOf, viewParcel, viewShipment } from "./view-shipment";

/** A parcel with what is needed to tell of it. */
export interface Parcel {
  id: string;
  orderId: string;
  number: string;
  email: string;
  phone: string | null;
  userId: string | null;
  /** Where the customer follows the order. */
  statusUrl: string;
  /** Nothing is left to ship after it; of several parcels, only of the last. */
  complete: boolean;
  parcel: ParcelView;
  items: { productId: string; name: string; quantity: number }[];
}

interface Row {
  orderId: string;
  number: number;
  token: string;
  email: string;
  phone: string | null;
  userId: string | null;
  lines: { productId: string; name: string; quantity: number }[];
  parcels: ParcelRow[];
}

/** Undefined where there is no such parcel (any more). */
export async function readParcel(shipmentId: string): Promise<Parcel | undefined> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT o.id AS "orderId", o.number, o.token, o.email, o.phone, o.user_id AS "userId",
      (SELECT json_agg(json_build_object('productId', l.product_id, 'name', l.name, 'quantity', l.quantity)) FROM order_lines l WHERE l.order_id = o.id) AS lines,
      ${parcelsOf(Prisma.sql`o.id`)} AS parcels
    FROM shipments s JOIN orders o ON o.id = s.order_id WHERE s.id = ${shipmentId}`;
  const index = row?.parcels.findIndex(({ id }) => id === shipmentId) ?? -1;
  const found = row?.parcels[index];
  if (!row || !found) return undefined;
  const upToIt = viewShipment(row.parcels.slice(0, index + 1), row.lines);
  const nameOf = new Map(row.lines.map(({ productId, name }) => [productId, name]));
  return {
    id: shipmentId,
    orderId: row.orderId,
    number: String(row.number),
    email: row.email,
    phone: row.phone,
    userId: row.userId,
    statusUrl: `${appEnv().APP_URL}/orders/${row.orderId}?token=${row.token}`,
    complete: upToIt?.complete ?? false,
    parcel: viewParcel(found),
    items: found.items.map((item) => ({ ...item, name: nameOf.get(item.productId) ?? item.productId })),
  };
}
