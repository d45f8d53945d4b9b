import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deleteRows, type RetentionRule } from "./rule";

const activityCutoff = () => daysAgo(retentionEnv().RETAIN_ACTIVITY_DAYS);

/** Sessions and traces of activity. */
export const ACCOUNT_RULES: RetentionRule[] = [
  {
    // Their times are saved as activity, because a broadcast's segment may ask for activity of longer ago.
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
  deleteRows("expired verifications", ["verifications", "id"], now, (before) => Prisma.sql`expires_at < ${before}`),
  deleteRows(
    "old user activity",
    ["user_activity", "user_id"],
    activityCutoff,
    (before) => Prisma.sql`last_at < ${before}`,
  ),
];
