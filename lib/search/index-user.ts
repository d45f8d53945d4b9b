import { ago, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import type { Sweep } from "../sweep";

/** Copies the current state of a user into the search index. */
export async function indexUser(userId: string): Promise<"indexed" | "deleted"> {
  const user = await db().user.findUnique({ where: { id: userId } });
  if (!user || user.deletedAt) {
    await db().customerSearch.deleteMany({ where: { userId } });
    return "deleted";
  }
  const { name, email, updatedAt } = user;
  // An older state never replaces a newer one.
  await db().$executeRaw`
    INSERT INTO customer_search AS indexed (user_id, name, email, version) VALUES (${userId}, ${name}, ${email}, ${updatedAt})
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, email = excluded.email, version = excluded.version
    WHERE indexed.version <= excluded.version`;
  return "indexed";
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
