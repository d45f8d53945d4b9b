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
 * Locks an order until the transaction ends and returns it as it is then; undefined if there is none. Every change of an order
 * takes this lock first. What the lock protects in other tables is read by a statement after this one: PostgreSQL shows a
 * statement that waited for a lock only the locked rows as they are now, and all others as they were before the wait.
 */
export async function lockOrder(tx: Tx, orderId: string): Promise<LockedOrder | undefined> {
  const [order] = await tx.$queryRaw<LockedOrder[]>`
    SELECT status, attempt, currency, end_reason AS "endReason", coupon_code AS "couponCode", deadline_at AS "deadlineAt",
      created_at AS "createdAt"
    FROM orders WHERE id = ${orderId} FOR UPDATE`;
  return order;
}
