import { z } from "zod";
import { db, type Prisma, type Row } from "../db";
import { appEnv } from "../env";
import { type LineState, lineStates } from "../order-state/open-lines";
import { timeSchema } from "../view-schemas";

export const shipmentItemSchema = z.strictObject({ productId: z.string(), quantity: z.int().positive() });

export type ShipmentItem = z.output<typeof shipmentItemSchema>;

const utcTimeSchema = timeSchema.describe("ISO 8601, UTC");

const parcelSchema = z.strictObject({
  carrier: z.string(),
  trackingNumber: z.string(),
  trackingUrl: z.url().optional(),
  items: z.array(shipmentItemSchema),
  shippedAt: utcTimeSchema,
  deliveredAt: utcTimeSchema.optional(),
});

/** A shipment as the API shows it. */
export type ShipmentDetails = z.output<typeof parcelSchema>;

/** All shipments of an order. The other fields are those of the newest one. */
export const shipmentViewSchema = parcelSchema.omit({ items: true }).extend({
  complete: z.boolean().describe("Nothing is left to ship."),
  parcels: z.array(parcelSchema),
});

const WITH_ITEMS = {
  items: { orderBy: { productId: "asc" }, select: { productId: true, quantity: true } },
} as const satisfies Prisma.ShipmentInclude;

/** The shipments of an order in a read of the order, oldest first. */
export const SHIPMENTS = {
  orderBy: [{ shippedAt: "asc" }, { id: "asc" }],
  include: WITH_ITEMS,
} as const satisfies Prisma.Order$shipmentsArgs;

type ShipmentRow = Row<"shipment", { include: typeof WITH_ITEMS }>;

/** Returns the shipments of an order as its owner sees them; undefined before the first one. */
export function viewShipments(
  rows: ShipmentRow[],
  ordered: Ordered[],
): z.output<typeof shipmentViewSchema> | undefined {
  const parcels = rows.map(toDetails);
  const newest = parcels.at(-1);
  if (!newest) return undefined;
  const { items: _, ...front } = newest;
  return { ...front, complete: isComplete(rows, ordered), parcels };
}

type Ordered = Pick<LineState, "quantity" | "withheld">;

function isComplete(rows: ShipmentRow[], ordered: Ordered[]): boolean {
  const count = (items: { quantity: number }[]) => items.reduce((sum, { quantity }) => sum + quantity, 0);
  const toShip = ordered.reduce((sum, { quantity, withheld }) => sum + quantity - withheld, 0);
  return count(rows.flatMap(({ items }) => items)) === toShip;
}

function toDetails({ carrier, trackingNumber, shippedAt, deliveredAt, items }: ShipmentRow): ShipmentDetails {
  const url = trackingUrl(carrier, trackingNumber);
  return {
    carrier,
    trackingNumber,
    ...(url && { trackingUrl: url }),
    items,
    shippedAt: shippedAt.toISOString(),
    ...(deliveredAt && { deliveredAt: deliveredAt.toISOString() }),
  };
}

/** The public tracking page of each carrier. The tracking number is appended. */
const TRACKING_PAGES: Record<string, string> = {
  dhl: "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
  ups: "https://www.ups.com/track?tracknum=",
  fedex: "https://www.fedex.com/fedextrack/?trknbr=",
  dpd: "https://tracking.dpd.de/status/en_US/parcel/",
  gls: "https://gls-group.eu/EU/en/parcel-tracking?match=",
  usps: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
};

/** Returns the carrier's tracking page of a shipment; undefined for a carrier that is not listed. */
function trackingUrl(carrier: string, trackingNumber: string): string | undefined {
  const page = TRACKING_PAGES[carrier.trim().toLowerCase()];
  return page && page + encodeURIComponent(trackingNumber);
}

/** A shipment with the data for its notifications. */
export interface NotifiedShipment {
  id: string;
  orderId: string;
  orderNumber: string;
  email: string;
  phone: string | null;
  userId: string | null;
  /** The customer's page of the order. */
  statusUrl: string;
  /** Nothing is left to ship after it. Of several shipments this holds only for the last. */
  complete: boolean;
  view: ShipmentDetails;
  items: (ShipmentItem & { name: string })[];
}

/** Reads a shipment for a notification; undefined if there is none. */
export async function readShipment(id: string): Promise<NotifiedShipment | undefined> {
  const shipment = await db().shipment.findUnique({
    where: { id },
    select: { order: { include: { lines: true, shipments: SHIPMENTS, refunds: { select: { items: true } } } } },
  });
  if (!shipment) return undefined;
  const { shipments, ...order } = shipment.order;
  const lines = lineStates(shipment.order);
  const index = shipments.findIndex((one) => one.id === id);
  const found = shipments[index];
  if (!found) return undefined;
  const nameOf = new Map(lines.map(({ productId, name }) => [productId, name]));
  return {
    id,
    orderId: order.id,
    orderNumber: String(order.number),
    email: order.email,
    phone: order.phone,
    userId: order.userId,
    statusUrl: `${appEnv().APP_URL}/orders/${order.id}?token=${order.token}`,
    complete: isComplete(shipments.slice(0, index + 1), lines),
    view: toDetails(found),
    items: found.items.map((item) => ({ ...item, name: nameOf.get(item.productId) ?? item.productId })),
  };
}

/** Returns the carrier of the last shipment, which the next one probably has too. */
export async function lastCarrier(): Promise<string | undefined> {
  const last = await db().shipment.findFirst({ orderBy: { id: "desc" }, select: { carrier: true } });
  return last?.carrier;
}
