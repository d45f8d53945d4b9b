import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { days, deletion, type RetentionRule } from "./rule";

/** What tells that somebody was here. */
export const ACCOUNT_RULES: RetentionRule[] = [
  {
    // Whoever was here is still told from who was not, by their activity, for as long as a segment may ask back.
    name: "expired sessions",
    before: now,
    statement: (before, limit) => Prisma.sql`
      WITH old AS (
        SELECT id, user_id, updated_at FROM sessions WHERE expires_at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), kept AS (
        INSERT INTO user_activity AS seen (user_id, last_at) SELECT user_id, max(updated_at) FROM old GROUP BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at WHERE seen.last_at < excluded.last_at
      )
      DELETE FROM sessions WHERE id IN (SELECT id FROM old)`,
  },
  {
    name: "expired verifications",
    before: now,
    statement: (before, limit) => deletion("verifications", "id", Prisma.sql`expires_at < ${before}`, limit),
  },
  {
    name: "activity of long ago",
    before: () => days(retentionEnv().RETAIN_ACTIVITY_DAYS),
    statement: (before, limit) => deletion("user_activity", "user_id", Prisma.sql`last_at < ${before}`, limit),
  },
];
