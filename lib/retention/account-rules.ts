import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deletion, type RetentionRule } from "./rule";

/** Sessions and traces of activity. */
export const ACCOUNT_RULES: RetentionRule[] = [
  {
    // Their times are saved as activity, because a segment asks for activity of longer ago.
    name: "expired sessions",
    before: now,
    statement: (before, limit) => Prisma.sql`
      WITH old AS (
        SELECT id, user_id, updated_at FROM sessions WHERE expires_at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), saved AS (
        INSERT INTO user_activity AS activity (user_id, last_at) SELECT user_id, max(updated_at) FROM old GROUP BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at WHERE activity.last_at < excluded.last_at
      )
      DELETE FROM sessions WHERE id IN (SELECT id FROM old)`,
  },
  {
    name: "expired verifications",
    before: now,
    statement: (before, limit) => deletion("verifications", "id", Prisma.sql`expires_at < ${before}`, limit),
  },
  {
    name: "old user activity",
    before: () => daysAgo(retentionEnv().RETAIN_ACTIVITY_DAYS),
    statement: (before, limit) => deletion("user_activity", "user_id", Prisma.sql`last_at < ${before}`, limit),
  },
];
