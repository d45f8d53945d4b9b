import { after, HOUR, now } from "../clock";
import { type Tx, transaction } from "../db";
import { timelineInsert } from "../order-state/timeline";
import type { MissingStock } from "./check-stock";

/** Longer than any order can stay open (`ORDER_DEADLINE`): what expires was forgotten, not slow. */
const RESERVATION_LIFETIME = 4 * HOUR;

export type ReserveOutcome =
  | { outcome: "reserved" }
  | { outcome: "out_of_stock"; missing: MissingStock[] }
  | { outcome: "ended" };

/**
 * Sets the order's items aside: all of them or none. A second call for the same attempt finds them set aside. Rows are
 * locked in the order of product ids, everywhere, so that crossed carts cannot deadlock.
 */
export async function reserveStock(orderId: string, attempt: number): Promise<ReserveOutcome> {
  return transaction(async (tx) => {
    const at = now();
    const [order] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM orders WHERE id = ${orderId} AND attempt = ${attempt} AND status IN ('pending', 'awaiting_payment') FOR UPDATE`;
    if (!order) return { outcome: "ended" };
    const { held, missing } = await lockStock(tx, orderId, attempt);
    if (held) return { outcome: "reserved" };
    if (missing.length > 0) return { outcome: "out_of_stock", missing };
    await tx.$executeRaw`
      WITH moved AS (
        UPDATE inventory i SET available = i.available - l.quantity, reserved = i.reserved + l.quantity
        FROM order_lines l WHERE l.order_id = ${orderId} AND i.product_id = l.product_id
        RETURNING i.product_id, l.quantity
      ), told AS (${timelineInsert([{ orderId, type: "stock_reserved", key: attempt }], at)})
      INSERT INTO reservations (order_id, attempt, product_id, quantity, status, expires_at, created_at)
      SELECT ${orderId}, ${attempt}, product_id, quantity, 'active', ${after(RESERVATION_LIFETIME, at)}, ${at} FROM moved`;
    return { outcome: "reserved" };
  });
}

/**
 * Locks the stock of an order's products, in the order of their ids, and tells what is not there, and whether it is set aside
 * already. That is asked here, and not where the order is locked: a statement that waited for a lock sees nothing that was
 * written meanwhile but the rows it locks.
 */
async function lockStock(
  tx: Tx,
  orderId: string,
  attempt: number,
): Promise<{ held: boolean; missing: MissingStock[] }> {
  const rows = await tx.$queryRaw<(MissingStock & { held: boolean })[]>`
    SELECT i.product_id AS "productId", l.quantity AS wanted, i.available,
      EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = ${orderId} AND r.attempt = ${attempt} AND r.status = 'active') AS held
    FROM inventory i JOIN order_lines l ON l.product_id = i.product_id
    WHERE l.order_id = ${orderId} ORDER BY i.product_id FOR UPDATE OF i`;
  const short = rows.filter((row) => row.available < row.wanted);
  return {
    held: rows.some((row) => row.held),
    missing: short.map(({ productId, wanted, available }) => ({ productId, wanted, available })),
  };
}
