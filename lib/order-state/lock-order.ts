import type { OrderStatus } from "@/prisma/generated/enums";
import type { Tx } from "../db";

export interface LockedOrder {
  status: OrderStatus;
  attempt: number;
  currency: string;
  endReason: string | null;
  couponCode: string | null;
  deadlineAt: Date;
  createdAt: Date;
}

/**
 * Locks an order until the transaction ends and returns its current state; undefined if there is none. Every change of an order
 * takes this lock first. Rows of other tables that the lock protects must be read by a later statement. If a statement waits for a
 * lock, PostgreSQL (READ COMMITTED) shows it the current state of the locked rows only. It sees all other rows as before the wait.
 */
export async function lockOrder(tx: Tx, orderId: string): Promise<LockedOrder | undefined> {
  const [order] = await tx.$queryRaw<LockedOrder[]>`
    SELECT status, attempt, currency, end_reason AS "endReason", coupon_code AS "couponCode", deadline_at AS "deadlineAt",
      created_at AS "createdAt"
    FROM orders WHERE id = ${orderId} FOR UPDATE`;
  return order;
}
