import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import type { Sweep } from "../sweep";

/**
 * Copies the current state of a user into the search index, and removes a deleted user from it. The lock of the user's row makes it
 * wait for a deletion that is under way, and a deletion wait for it.
 */
export async function indexUser(userId: string): Promise<"indexed" | "deleted"> {
  // An older state never replaces a newer one.
  const [indexed] = await db().$queryRaw<{ id: string }[]>`
    WITH live AS MATERIALIZED (
      SELECT id, name, email, updated_at FROM users WHERE id = ${userId} AND deleted_at IS NULL FOR SHARE),
    stored AS (
      INSERT INTO customer_search AS indexed (user_id, name, email, version) SELECT id, name, email, updated_at FROM live
      ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, email = excluded.email, version = excluded.version
      WHERE indexed.version <= excluded.version),
    removed AS (DELETE FROM customer_search WHERE user_id = ${userId} AND NOT EXISTS (SELECT FROM live))
    SELECT id FROM live`;
  return indexed ? "indexed" : "deleted";
}

/** The debounce and the retries of `index-user` take less time than this. A user who is not indexed by then was missed. */
const INDEX_GRACE_MS = 15 * MINUTE;

export const unindexedUsers: Sweep = {
  name: "unindexed-users",
  description: "Indexes users whose change the customer search has missed.",
  intervalMs: 10 * MINUTE,
  limit: 200,
  find: (at) => Prisma.sql`
    SELECT u.id FROM users u LEFT JOIN customer_search c ON c.user_id = u.id
    WHERE (c.user_id IS NULL OR c.version < u.updated_at) AND u.deleted_at IS NULL AND u.updated_at < ${ago(INDEX_GRACE_MS, at)}`,
  repair: indexUser,
};
