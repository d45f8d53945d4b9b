import { z } from "zod";
import { DAY } from "../clock";
import { Prisma } from "../db";

const days = z.int().min(1).max(3_650);

/** The recipients of a broadcast. All types but `all` select users who, when it was created, … */
export const segmentSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("all") }),
  /** … had this role. */
  z.strictObject({ type: z.literal("role"), role: z.enum(["customer", "manager", "admin"]) }),
  /** … had signed in or ordered within the last `days`. */
  z.strictObject({ type: z.literal("active"), days }),
  /** … had done neither. */
  z.strictObject({ type: z.literal("inactive"), days }),
  /** … had at least `minOrders` orders that were paid and not cancelled, in the last `days` where given. */
  z.strictObject({
    type: z.literal("buyers"),
    minOrders: z.int().min(1).max(10_000).default(1),
    days: days.optional(),
  }),
]);

export type Segment = z.output<typeof segmentSchema>;

/** Returns the SQL condition on `users u`, as of `at`. No segment has a user whose address is not verified. */
export const segmentCondition = (segment: Segment, at: Date): Prisma.Sql =>
  Prisma.sql`u.email_verified AND ${selects(segment, at)}`;

function selects(segment: Segment, at: Date): Prisma.Sql {
  const since = (count: number) => new Date(at.getTime() - count * DAY);
  switch (segment.type) {
    case "all":
      return Prisma.sql`true`;
    case "role":
      return Prisma.sql`u.role = ${segment.role}::role`;
    case "active":
      return active(since(segment.days));
    case "inactive":
      return Prisma.sql`NOT ${active(since(segment.days))}`;
    case "buyers":
      return Prisma.sql`(SELECT count(*) FROM orders o WHERE (o.email = u.email OR o.user_id = u.id)
        AND o.status IN ('confirmed', 'shipped', 'delivered', 'refunded')
        AND o.created_at >= ${segment.days === undefined ? new Date(0) : since(segment.days)}) >= ${segment.minOrders}`;
  }
}

const active = (since: Date) => Prisma.sql`(
  EXISTS (SELECT 1 FROM user_activity a WHERE a.user_id = u.id AND a.last_at >= ${since})
  OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.updated_at >= ${since})
  OR EXISTS (SELECT 1 FROM orders o WHERE o.email = u.email AND o.created_at >= ${since})
  OR EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id AND o.created_at >= ${since}))`;
