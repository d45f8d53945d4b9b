import { after, HOUR, now } from "../clock";
import { type Tx, transaction } from "../db";
import { appEnv } from "../env";
import type { Items } from "../order-state/open-lines";
import { insertTimeline, lockOrder, timelineInsert } from "../order-state/order-changes";
import { RESERVATION_GRACE_MS } from "../order-state/reservation-extension";
import { isOpen } from "../order-state/status";

/** Longer than most orders stay open (`ORDER_DEADLINE_MS`): a reservation that expires belongs to a lost run. */
const RESERVATION_LIFETIME_MS = 4 * HOUR;
export interface MissingStock {
  productId: string;
  wanted: number;
  available: number;
}

export type ReserveOutcome =
  | { outcome: "reserved" }
  | { outcome: "out_of_stock"; missing: MissingStock[] }
  | { outcome: "ended" };

/** Reserves all items of an order, or none. A second call for the same attempt finds them reserved. */
export async function reserveStock(orderId: string, attempt: number): Promise<ReserveOutcome> {
  return transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order || !isOpen(order.status) || order.attempt !== attempt) return { outcome: "ended" };
    const lines = await lockStock(tx, orderId, attempt);
    if (lines.some(({ reserved }) => reserved)) return { outcome: "reserved" };
    const missing = lines.filter(({ available, wanted }) => available < wanted);
    if (missing.length > 0)
      return { outcome: "out_of_stock", missing: missing.map(({ reserved: _reserved, ...line }) => line) };
    const at = now();
    const lifetime = after(RESERVATION_LIFETIME_MS, at);
    const deadline = after(RESERVATION_GRACE_MS, order.deadlineAt);

    await tx.$executeRaw`
      WITH stock AS (
        UPDATE inventory i SET available = i.available - l.quantity, reserved = i.reserved + l.quantity
        FROM order_lines l WHERE l.order_id = ${orderId} AND i.product_id = l.product_id
        RETURNING i.product_id, l.quantity
      ), timeline AS (${timelineInsert([{ orderId, type: "stock_reserved", key: attempt }], at)})
      INSERT INTO reservations (order_id, attempt, product_id, quantity, status, expires_at, created_at)
      SELECT ${orderId}, ${attempt}, product_id, quantity, 'active', greatest(${lifetime}::timestamptz, ${deadline}::timestamptz), ${at} FROM stock
      ON CONFLICT (order_id, attempt, product_id) DO UPDATE SET status = 'active', expires_at = excluded.expires_at, ended_at = NULL
      WHERE reservations.status = 'released'`;
    return { outcome: "reserved" };
  });
}

/*
 * The ends of a reservation. Each function runs within a transaction that holds the order's lock. It changes only reservations
 * of the status that it starts from, so a second call changes nothing.
 */

/**
 * Sells the items of a paid order: the reserved ones, and what is available of those that are not reserved any more. Returns
 * false, and sells nothing, if that is too little.
 */
export async function sellItems(tx: Tx, orderId: string, attempt: number): Promise<boolean> {
  const lines = await lockStock(tx, orderId, attempt);
  if (lines.some(({ reserved, available, wanted }) => !reserved && available < wanted)) return false;
  const at = now();
  await tx.$executeRaw`
    WITH sold AS (
      INSERT INTO reservations AS r (order_id, attempt, product_id, quantity, status, expires_at, created_at, ended_at)
      SELECT l.order_id, ${attempt}, l.product_id, l.quantity, 'committed', ${at}, ${at}, ${at} FROM order_lines l WHERE l.order_id = ${orderId}
      ON CONFLICT (order_id, attempt, product_id) DO UPDATE SET status = 'committed', ended_at = ${at}
    )
    UPDATE inventory i SET sold = i.sold + l.quantity,
      reserved = i.reserved - CASE WHEN r.reserved THEN l.quantity ELSE 0 END,
      available = i.available - CASE WHEN r.reserved THEN 0 ELSE l.quantity END
    FROM order_lines l JOIN jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS r("productId" text, reserved bool) ON r."productId" = l.product_id
    WHERE l.order_id = ${orderId} AND i.product_id = l.product_id`;
  return true;
}

/** The unpaid orders of a client may always reserve this many units of a product. */
const MIN_UNPAID_UNITS = 5;

/**
 * Releases the reservations of an order that waits for its customer's bank, if the client would hold too much of a product's stock
 * with its unpaid orders. The order stays open, and its items are sold when it is paid, if they are still available then. Returns
 * whether the reservations were released.
 */
export async function limitUnpaidStock(orderId: string): Promise<boolean> {
  return transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (order?.status !== "awaiting_payment") return false;
    await lockStock(tx, orderId);
    const [held] = await tx.$queryRaw<{ tooMuch: boolean }[]>`
      SELECT coalesce(bool_or(h.units > greatest(${MIN_UNPAID_UNITS}::int, (i.available + i.reserved)::bigint * ${appEnv().UNPAID_STOCK_PERCENT}::int / 100)), false) AS "tooMuch"
      FROM reservations mine JOIN orders o ON o.id = mine.order_id JOIN inventory i ON i.product_id = mine.product_id
      CROSS JOIN LATERAL (
        SELECT sum(r.quantity) AS units FROM reservations r JOIN orders other ON other.id = r.order_id
        WHERE r.product_id = mine.product_id AND r.status = 'active'
          AND (other.id = o.id OR other.status = 'awaiting_payment' AND (other.client_key = o.client_key OR other.user_id = o.user_id))
      ) h
      WHERE mine.order_id = ${orderId} AND mine.status = 'active'`;
    if (!held?.tooMuch) return false;
    await releaseReservations(tx, orderId);
    await insertTimeline(tx, [{ orderId, type: "stock_released", key: order.attempt }]);
    return true;
  });
}

/** Frees the reserved items. Returns the number of reservations. */
export async function releaseReservations(tx: Tx, orderId: string): Promise<number> {
  await lockStock(tx, orderId);
  const [result] = await tx.$queryRaw<{ ended: number }[]>`
    WITH ended AS (
      UPDATE reservations SET status = 'released', ended_at = ${now()}
      WHERE order_id = ${orderId} AND status = 'active' RETURNING product_id, quantity
    ), stock AS (
      UPDATE inventory i SET available = i.available + e.quantity, reserved = i.reserved - e.quantity
      FROM ended e WHERE i.product_id = e.product_id
    )
    SELECT count(*)::int AS ended FROM ended`;
  return result?.ended ?? 0;
}

/** Moves cancelled items back from sold to available. The reservations keep the other items: those that were shipped or paid back. */
export async function returnSoldItems(tx: Tx, orderId: string, items: Items[]): Promise<void> {
  await lockStock(tx, orderId);
  await tx.$executeRaw`
    WITH returned AS (
      SELECT i."productId" AS product_id, i.quantity
      FROM jsonb_to_recordset(${JSON.stringify(items)}::jsonb) AS i("productId" text, quantity int)
    ), reduced AS (
      UPDATE reservations r SET quantity = r.quantity - x.quantity FROM returned x
      WHERE r.order_id = ${orderId} AND r.status = 'committed' AND r.product_id = x.product_id AND r.quantity > x.quantity
    ), ended AS (
      UPDATE reservations r SET status = 'released', ended_at = ${now()} FROM returned x
      WHERE r.order_id = ${orderId} AND r.status = 'committed' AND r.product_id = x.product_id AND r.quantity = x.quantity
    )
    UPDATE inventory i SET available = i.available + x.quantity, sold = i.sold - x.quantity
    FROM returned x WHERE i.product_id = x.product_id`;
}

interface StockLine extends MissingStock {
  /** The attempt has an active reservation. */
  reserved: boolean;
}

/**
 * Locks the stock of an order's products and returns it, with whether the attempt has reserved it. Every transaction locks stock
 * by product id, so that crossed carts cannot deadlock. The caller holds the order's lock. The reservation is read here and not
 * with that lock, because a statement that waits for a lock does not see later commits in other tables.
 */
async function lockStock(tx: Tx, orderId: string, attempt?: number): Promise<StockLine[]> {
  return tx.$queryRaw<StockLine[]>`
    SELECT i.product_id AS "productId", l.quantity AS wanted, i.available,
      EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = l.order_id AND r.attempt = ${attempt ?? null}
        AND r.product_id = l.product_id AND r.status = 'active') AS reserved
    FROM inventory i JOIN order_lines l ON l.product_id = i.product_id
    WHERE l.order_id = ${orderId} ORDER BY i.product_id FOR UPDATE OF i`;
}
