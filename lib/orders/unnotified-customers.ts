import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { EVENTS } from "../events";
import { batchSendEvents } from "../inngest";
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
/** Entries get their id before they commit, so they can appear out of order. Therefore the last minutes are read again. */
const OVERLAP_MS = 5 * MINUTE;
const ENTRIES_PER_PAGE = 2_000;
/** About as many as a round can notify. */
const MAX_IDS = 500;

interface TimelinePage {
  ids: string[];
  entries: number;
  last: string;
  /** No entry can appear before this one any more; null: that is not known of any entry of the page. */
  settled: string | null;
}

/** A run sends each email about an order, some steps after the change. If the run is lost, this sweep sends the email. */
export const unnotifiedCustomers: Sweep = {
  name: "unnotified-customers",
  description: "Sends the email about a timeline entry whose run was lost before it sent it.",
  intervalMs: 2 * MINUTE,
  async scan(cursor, at) {
    const ids: string[] = [];
    let settled = cursor ?? "0";
    // The pages of the last minutes are read in every round, because the cursor does not move past what is not settled. With many
    // customers to notify, the next round reads on.
    for (let last = settled, isFull = true; isFull && ids.length < MAX_IDS; ) {
      const page = await readTimeline(last, at);
      ids.push(...page.ids);
      settled = page.settled ?? settled;
      isFull = page.entries === ENTRIES_PER_PAGE;
      last = page.last;
      if (isFull && settled === last) return { ids, cursor: settled, more: true };
    }
    return { ids, cursor: settled, more: false };
  },
  async repair(id) {
    const entry = await db().orderEvent.findUnique({
      where: { id: Number(id) },
      select: { orderId: true, type: true, key: true },
    });
    if (entry) await NOTIFY[entry.type]?.(entry.orderId, entry.key);
  },
};

/** Reads the entries after `from` about which customers are notified, and the ids of those that lack their email. */
async function readTimeline(from: string, at: Date): Promise<TimelinePage> {
  const [page] = await db().$queryRaw<TimelinePage[]>`
    WITH page AS MATERIALIZED (
      SELECT id, order_id, type, key, at FROM order_events
      WHERE id > ${from}::bigint AND at <= ${ago(NOTIFY_GRACE_MS, at)} AND type = ANY(${Object.keys(NOTIFY)}) ORDER BY id LIMIT ${ENTRIES_PER_PAGE}
    )
    SELECT ARRAY(
        SELECT e.id::text FROM page e
        WHERE (e.at <= ${ago(SHIPMENT_GRACE_MS, at)} OR e.type NOT IN ('order_shipped', 'order_partly_shipped'))
          AND NOT EXISTS (SELECT 1 FROM emails m WHERE (m.kind, m.entity_id) = ${EMAIL_KEY})
        ORDER BY e.id
      ) AS ids,
      (SELECT count(*)::int FROM page) AS entries,
      coalesce((SELECT max(id) FROM page)::text, ${from}) AS last,
      (SELECT max(id) FROM page WHERE at <= ${ago(SHIPMENT_GRACE_MS + OVERLAP_MS, at)})::text AS settled`;
  if (!page) throw new Error("The statement returned no row.");
  return page;
}

/** Restarts the run that notifies on four channels. Channels that have succeeded are not repeated. */
async function repeatShipmentNotification(orderId: string, shipmentId: string): Promise<void> {
  await batchSendEvents([
    { name: EVENTS.ORDER_SHIPPED, id: `order-shipped:${shipmentId}:again`, data: { orderId, shipmentId } },
  ]);
}
