import type { ReservationStatus } from "@/prisma/generated/enums";
import { after, HOUR, now } from "../clock";
import { type Tx, transaction } from "../db";
import type { Items } from "../order-state/open-lines";
import { lockOrder, timelineInsert } from "../order-state/order-changes";
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
      SELECT ${orderId}, ${attempt}, product_id, quantity, 'active', greatest(${lifetime}::timestamptz, ${deadline}::timestamptz), ${at} FROM stock`;
    return { outcome: "reserved" };
  });
}

/*
 * The ends of a reservation. Each function runs within a transaction that holds the order's lock. It changes only reservations
 * of the status that it starts from, so a second call changes nothing.
 */

/** Sells the reserved items. Returns whether every line of the order was reserved. */
export async function commitReservations(tx: Tx, orderId: string, attempt: number): Promise<boolean> {
  const change = { available: 0, reserved: -1, sold: 1 };
  const { ended, lines } = await endReservations(tx, orderId, { attempt, from: "active", to: "committed", change });
  return ended === lines;
}

/** Frees the reserved items. Returns the number of reservations. */
export async function releaseReservations(tx: Tx, orderId: string): Promise<number> {
  const change = { available: 1, reserved: -1, sold: 0 };
  const { ended } = await endReservations(tx, orderId, { from: "active", to: "released", change });
  return ended;
}

/** Returns the sold items of an order that is cancelled before it ships to the stock. */
export async function returnSoldStock(tx: Tx, orderId: string): Promise<void> {
  const change = { available: 1, reserved: 0, sold: -1 };
  await endReservations(tx, orderId, { from: "committed", to: "released", change });
}

/** Returns some sold items of a partly shipped order to the stock. The reservations keep the items that were shipped. */
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

interface ReservationEnd {
  /** All attempts if missing. */
  attempt?: number;
  from: ReservationStatus;
  to: ReservationStatus;
  /** How the stock changes for each item. */
  change: { available: number; reserved: number; sold: number };
}

interface EndedReservations {
  /** Number of reservations that ended. */
  ended: number;
  /** Number of lines of the order. */
  lines: number;
}

async function endReservations(
  tx: Tx,
  orderId: string,
  { attempt, from, to, change }: ReservationEnd,
): Promise<EndedReservations> {
  await lockStock(tx, orderId, attempt);
  const [result] = await tx.$queryRaw<EndedReservations[]>`
    WITH ended AS (
      UPDATE reservations SET status = ${to}::reservation_status, ended_at = ${now()}
      WHERE order_id = ${orderId} AND status = ${from}::reservation_status
        AND attempt = coalesce(${attempt ?? null}::int, attempt)
      RETURNING product_id, quantity
    ), stock AS (
      UPDATE inventory i SET available = i.available + e.quantity * ${change.available}::int,
        reserved = i.reserved + e.quantity * ${change.reserved}::int, sold = i.sold + e.quantity * ${change.sold}::int
      FROM ended e WHERE i.product_id = e.product_id
    )
    SELECT (SELECT count(*) FROM ended)::int AS ended,
      (SELECT count(*) FROM order_lines WHERE order_id = ${orderId})::int AS lines`;
  if (!result) throw new Error(`The reservations of order ${orderId} were not counted.`);
  return result;
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
      EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = l.order_id AND r.attempt = ${attempt ?? null} AND r.status = 'active') AS reserved
    FROM inventory i JOIN order_lines l ON l.product_id = i.product_id
    WHERE l.order_id = ${orderId} ORDER BY i.product_id FOR UPDATE OF i`;
}
