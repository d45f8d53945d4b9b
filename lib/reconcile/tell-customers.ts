import { ago, MINUTE } from "../clock";
import { db, Prisma, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import {
  sendCancellationEmail,
  sendConfirmationEmail,
  sendDeliveryEmail,
  sendFailureEmail,
  sendRefundEmail,
} from "../orders/send-order-email";
import { announce, enqueue } from "../outbox";
import { readCursor, writeCursor } from "./cursor";
import { eachNoted, retryNoted } from "./retries";

const CURSOR = "timeline-entries";
/** A run that is alive has written its email down by then, even if the provider takes none. */
const PATIENCE = 15 * MINUTE;
/** Entries get their numbers before they are committed, so that one can appear behind a later one: these are looked at again. */
const OVERLAP = 5 * MINUTE;
/** Entries looked at in one statement. */
const PAGE = 2_000;

/** How a customer is told of an entry of an order's timeline. Whether it is still so is read again by whoever tells. */
const TELL: Record<string, (orderId: string, key: string) => Promise<unknown>> = {
  order_confirmed: sendConfirmationEmail,
  order_cancelled: sendCancellationEmail,
  order_failed: (orderId, attempt) => sendFailureEmail(orderId, Number(attempt)),
  refund_succeeded: (_orderId, refundId) => sendRefundEmail(refundId),
  order_shipped: tellOfParcelAgain,
  order_partly_shipped: tellOfParcelAgain,
  order_delivered: sendDeliveryEmail,
};

/** The email that tells of an entry `e`. */
const EMAIL = Prisma.sql`
  (CASE e.type WHEN 'refund_succeeded' THEN 'refund_made' WHEN 'order_partly_shipped' THEN 'order_shipped' ELSE e.type END,
   CASE WHEN e.type IN ('order_confirmed', 'order_cancelled', 'order_delivered') THEN e.order_id
        WHEN e.type = 'order_failed' THEN e.order_id || ':' || e.key ELSE e.key END)`;

/**
 * Tells customers what a lost run has not told them: each email about an order is sent by a run, some steps after what it is
 * about, and an engine that loses the run in between loses the email. Goes through the timelines once, as they were written.
 */
export async function tellCustomers(): Promise<{ told: number; failed: number }> {
  await retryNoted("timeline_entry", tell);
  const sum = { told: 0, failed: 0 };
  for (let from = await readCursor(CURSOR, new Date(0)), full = true; full; ) {
    const page = await readPage(from);
    const { done, failed } = await eachNoted("timeline_entry", page.untold, tell);
    sum.told += done;
    sum.failed += failed;
    from = page.last;
    full = page.entries === PAGE;
    await writeCursor(CURSOR, full ? page.last : page.settled);
  }
  return sum;
}

/** Ids of entries without their email; how many were looked at, up to which, and up to which none can appear any more. */
interface Page {
  untold: string[];
  entries: number;
  last: number;
  settled: number;
}

async function readPage(from: number): Promise<Page> {
  const [page] = await db().$queryRaw<[Page]>`
    WITH page AS MATERIALIZED (
      SELECT id, order_id, type, key, at FROM order_events
      WHERE id > ${from} AND at <= ${ago(PATIENCE)} AND type = ANY(${Object.keys(TELL)}) ORDER BY id LIMIT ${PAGE}
    )
    SELECT ARRAY(SELECT e.id::text FROM page e WHERE NOT EXISTS (SELECT 1 FROM emails m WHERE (m.kind, m.entity_id) = ${EMAIL}) ORDER BY e.id) AS untold,
      (SELECT count(*)::int FROM page) AS entries,
      coalesce((SELECT max(id) FROM page), ${from})::float8 AS last,
      coalesce((SELECT max(id) FROM page WHERE at <= ${ago(PATIENCE + OVERLAP)}), ${from})::float8 AS settled`;
  return page;
}

async function tell(id: string): Promise<void> {
  const [entry] = await db().$queryRaw<{ orderId: string; type: string; key: string }[]>`
    SELECT order_id AS "orderId", type, key FROM order_events WHERE id = ${id}::bigint`;
  if (entry) await TELL[entry.type]?.(entry.orderId, entry.key);
}

/** A parcel is told of in four ways, by a run of its own: it starts once more, and repeats none that was done. */
async function tellOfParcelAgain(orderId: string, shipmentId: string): Promise<void> {
  const event: OutgoingEvent = {
    name: EVENTS.ORDER_SHIPPED,
    id: `order-shipped:${shipmentId}:again`,
    data: { orderId, shipmentId },
  };
  await transaction((tx) => enqueue(tx, [event]));
  await announce([event]);
}
