import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { EVENTS } from "../events";
import { batchSendEvents } from "../inngest";
import { scanTimeline } from "../order-state/scan-timeline";
import type { Sweep } from "../sweep";
import {
  sendCancellationEmail,
  sendConfirmationEmail,
  sendDeliveryEmail,
  sendFailureEmail,
  sendRefundEmail,
  sendRefundFailedEmail,
} from "./send-order-email";

/** How a customer is notified of a timeline entry. Each function checks again whether its email is still true. */
const NOTIFY: Record<string, (orderId: string, key: string) => Promise<unknown>> = {
  order_confirmed: sendConfirmationEmail,
  order_cancelled: sendCancellationEmail,
  order_failed: (orderId, attempt) => sendFailureEmail(orderId, Number(attempt)),
  refund_succeeded: (_orderId, refundId) => sendRefundEmail(refundId),
  refund_failed: (_orderId, refundId) => sendRefundFailedEmail(refundId),
  order_shipped: repeatShipmentNotification,
  order_partly_shipped: repeatShipmentNotification,
  order_delivered: sendDeliveryEmail,
};

/** The key of the email about timeline entry `e`. */
const EMAIL_KEY = Prisma.sql`
  (CASE e.type WHEN 'refund_succeeded' THEN 'refund_made' WHEN 'order_partly_shipped' THEN 'order_shipped' ELSE e.type END,
   CASE WHEN e.type IN ('order_confirmed', 'order_cancelled', 'order_delivered') THEN e.order_id
        WHEN e.type = 'order_failed' THEN e.order_id || ':' || e.key ELSE e.key END)`;

/** An email has its key, so it is sent once even if its run is only late. */
const NOTIFY_GRACE_MS = 2 * MINUTE;
/** A run about a shipment that is alive has tried its other channels by then. They have no such key. */
const SHIPMENT_GRACE_MS = 15 * MINUTE;

/** A run sends each email about an order, some steps after the change. If the run is lost, this sweep sends the email. */
export const unnotifiedCustomers: Sweep = {
  name: "unnotified-customers",
  description: "Sends the email about a timeline entry whose run was lost before it sent it.",
  intervalMs: 2 * MINUTE,
  scan: (cursor, at) =>
    scanTimeline(cursor, at, {
      types: Object.keys(NOTIFY),
      graceMs: NOTIFY_GRACE_MS,
      settledMs: SHIPMENT_GRACE_MS,
      incomplete: Prisma.sql`(e.at <= ${ago(SHIPMENT_GRACE_MS, at)} OR e.type NOT IN ('order_shipped', 'order_partly_shipped'))
        AND NOT EXISTS (SELECT 1 FROM emails m WHERE (m.kind, m.entity_id) = ${EMAIL_KEY})`,
    }),
  async repair(id) {
    const entry = await db().orderEvent.findUnique({
      where: { id: Number(id) },
      select: { orderId: true, type: true, key: true },
    });
    if (entry) await NOTIFY[entry.type]?.(entry.orderId, entry.key);
  },
};

/** Restarts the run that notifies on four channels. Channels that have succeeded are not repeated. */
async function repeatShipmentNotification(orderId: string, shipmentId: string): Promise<void> {
  await batchSendEvents([
    { name: EVENTS.ORDER_SHIPPED, id: `order-shipped:${shipmentId}:again`, data: { orderId, shipmentId } },
  ]);
}
