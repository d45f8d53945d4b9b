import { after, MINUTE } from "../clock";
import { Prisma } from "../db";

/** A reservation outlasts the deadline of its order by this, so that the order can still be confirmed at its deadline. */
export const RESERVATION_GRACE_MS = 30 * MINUTE;

/** Returns the UPDATE that extends the reservations of an order whose deadline is extended, as a CTE of that statement. */
export const reservationExtension = (orderId: string, deadline: Date, condition = true): Prisma.Sql => Prisma.sql`
  UPDATE reservations SET expires_at = greatest(expires_at, ${after(RESERVATION_GRACE_MS, deadline)})
  WHERE order_id = ${orderId} AND status = 'active' AND ${condition}`;
