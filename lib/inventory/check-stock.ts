import type { OrderStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { isOpen } from "../order-state/status";

export interface MissingStock {
  productId: string;
  wanted: number;
  available: number;
}

/**
 * The quick no, before anything is reserved: what the order wants and cannot have. `known` is false when there is no such
 * order, `open` when it has ended or another attempt to pay for it is on its way; `confirmed` and `failed` say that this
 * attempt has come to that already. `review` is true when a manager has to release it. One statement.
 */
export async function checkStock(
  orderId: string,
  attempt: number,
): Promise<{
  known: boolean;
  open: boolean;
  confirmed: boolean;
  failed: boolean;
  missing: MissingStock[];
  review: boolean;
}> {
  const rows = await db().$queryRaw<
    (MissingStock & { status: OrderStatus; attempt: number; held: boolean; review: boolean })[]
  >`
    SELECT o.status, o.attempt, l.product_id AS "productId", l.quantity AS wanted, coalesce(i.available, 0) AS available,
      EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = o.id AND r.attempt = o.attempt AND r.status = 'active') AS held,
      EXISTS (SELECT 1 FROM order_reviews v WHERE v.order_id = o.id AND v.status <> 'noted') AS review
    FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN inventory i ON i.product_id = l.product_id
    WHERE o.id = ${orderId} ORDER BY l.position`;
  const status = rows.find((row) => row.attempt === attempt)?.status;
  const missing = rows.filter((row) => !row.held && row.available < row.wanted);
  return {
    known: rows.length > 0,
    open: status !== undefined && isOpen(status),
    confirmed: status === "confirmed",
    failed: status === "failed",
    missing: missing.map(({ productId, wanted, available }) => ({ productId, wanted, available })),
    review: rows.some((row) => row.review),
  };
}
