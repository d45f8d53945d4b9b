import { z } from "zod";
import { ago, MINUTE } from "../clock";
import { db } from "../db";
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

/** The time of the last change in milliseconds, and the id of the user. */
const cursorSchema = z.tuple([z.number(), z.string()]);

/** Users that are read in one statement. */
const USERS_PER_PAGE = 2_000;

export const unindexedUsers: Sweep = {
  name: "unindexed-users",
  description: "Indexes users whose change the customer search has missed.",
  intervalMs: 10 * MINUTE,
  async scan(cursor, at) {
    const [since, last] = cursorSchema.parse(JSON.parse(cursor ?? '[0, ""]'));
    // By this age, every change has committed. So no user appears before the cursor any more.
    const users = await db().user.findMany({
      where: {
        updatedAt: { gte: new Date(since), lt: ago(INDEX_GRACE_MS, at) },
        NOT: { updatedAt: new Date(since), id: { lte: last } },
      },
      orderBy: [{ updatedAt: "asc" }, { id: "asc" }],
      take: USERS_PER_PAGE,
      select: { id: true, updatedAt: true, deletedAt: true },
    });
    const stored = await db().customerSearch.findMany({
      where: { userId: { in: users.map(({ id }) => id) } },
      select: { userId: true, version: true },
    });
    const versions = new Map(stored.map(({ userId, version }) => [userId, version]));
    const isMissed = ({ id, updatedAt, deletedAt }: (typeof users)[number]) =>
      deletedAt === null && (versions.get(id) ?? 0) < updatedAt;
    const end = users.at(-1);
    return {
      ids: users.filter(isMissed).map(({ id }) => id),
      cursor: JSON.stringify(end ? [end.updatedAt.getTime(), end.id] : [since, last]),
      more: users.length === USERS_PER_PAGE,
    };
  },
  repair: indexUser,
};
