import { now } from "../clock";
import type { Tx } from "../db";

/**
 * What becomes of stock that was set aside. All three run inside a transaction that holds the lock on the order's row,
 * act only on reservations in the state they start from, and so change nothing the second time.
 */

/** The reserved items are sold: they leave the stock. Returns whether every line of the order was held. */
export async function commitReservations(tx: Tx, orderId: string, attempt: number): Promise<boolean> {
  await lockProducts(tx, orderId);
  const [row] = await tx.$queryRaw<{ complete: boolean }[]>`
    WITH ended AS (
      UPDATE reservations SET status = 'committed', ended_at = ${now()}
      WHERE order_id = ${orderId} AND attempt = ${attempt} AND status = 'active' RETURNING product_id, quantity
    ), moved AS (
      UPDATE inventory i SET reserved = i.reserved - e.quantity, sold = i.sold + e.quantity
      FROM ended e WHERE i.product_id = e.product_id
    )
    SELECT (SELECT count(*) FROM ended) = (SELECT count(*) FROM order_lines WHERE order_id = ${orderId}) AS complete`;
  return row?.complete ?? false;
}

/** The reserved items can be sold to others again. Returns how many reservations that were. */
export async function releaseReservations(tx: Tx, orderId: string): Promise<number> {
  await lockProducts(tx, orderId);
  return tx.$executeRaw`
    WITH ended AS (
      UPDATE reservations SET status = 'released', ended_at = ${now()}
      WHERE order_id = ${orderId} AND status = 'active' RETURNING product_id, quantity
    )
    UPDATE inventory i SET reserved = i.reserved - e.quantity, available = i.available + e.quantity
    FROM ended e WHERE i.product_id = e.product_id`;
}

/** The sold items of an order that was cancelled before it left come back. */
export async function returnSold(tx: Tx, orderId: string): Promise<void> {
  await lockProducts(tx, orderId);
  await tx.$executeRaw`
    WITH ended AS (
      UPDATE reservations SET status = 'released', ended_at = ${now()}
      WHERE order_id = ${orderId} AND status = 'committed' RETURNING product_id, quantity
    )
    UPDATE inventory i SET sold = i.sold - e.quantity, available = i.available + e.quantity
    FROM ended e WHERE i.product_id = e.product_id`;
}

/** One order of locks for everyone: by product id. */
async function lockProducts(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM inventory WHERE product_id IN (SELECT product_id FROM order_lines WHERE order_id = ${orderId})
    ORDER BY product_id FOR UPDATE`;
}
