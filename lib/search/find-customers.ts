import { z } from "zod";
import { Role } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { MAX_COUNTED, type Page, pageOf, pageQuery, readCursor, type Total } from "../pagination";
import { searchTextSchema } from "../text";
import { countSchema, timeSchema } from "../view-schemas";
import { containing, partsOf, similarityWords, wordsOf } from "./words";

/** The query of `GET /api/admin/customers`. Without `q` it lists all users by name. */
export const customerQuerySchema = pageQuery(20).extend({
  q: searchTextSchema.default(""),
  role: z.enum(Role).optional().describe("Only the users with this role."),
  cursor: z.string().max(1_000).optional(),
});

export const customerViewSchema = z.strictObject({
  ...{ id: z.string(), email: z.string(), name: z.string(), role: z.string() },
  /** Orders placed with the address of the account. */
  orders: countSchema,
  createdAt: timeSchema,
});

interface Row extends Omit<z.output<typeof customerViewSchema>, "createdAt"> {
  createdAt: Date;
  tier: number;
  score: string;
  /** The number of all matches. */
  found: number;
  /** Whether users with a similar name are among them. */
  complete: boolean;
}

type Customer = Omit<Row, "tier" | "score" | "found" | "complete">;

const cursorSchema = z.tuple([z.int32(), z.string().regex(/^\d+(\.\d+)?$/), z.string(), z.string()]);

/**
 * Returns the users that match a search, in one statement. First the user with exactly this address, then users whose name or
 * address contains each part of the search, then users with a similar name.
 */
export const findCustomers = async (query: z.output<typeof customerQuerySchema>): Promise<Page<Customer>> =>
  (await findAndCountCustomers(query)).page;

/** Returns what `findCustomers` does, and the number of all matches. Similar names are not counted before the page that needs them. */
export async function findAndCountCustomers(
  query: z.output<typeof customerQuerySchema>,
): Promise<{ page: Page<Customer>; rows: Total }> {
  const { q, role, limit, cursor } = query;
  // The index finds the longest part. PostgreSQL uses no index for LIKE ALL.
  const [longest = "", ...parts] = partsOf(normalizeEmail(q) ?? q).toSorted((a, b) => b.length - a.length);
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  // Similar names take longest to find. A number has none, and the first page needs none when the other matches fill it.
  const similarWords = /\d/.test(q) ? [] : similarityWords(wordsOf(q));
  const user = (id: Prisma.Sql) =>
    Prisma.sql`EXISTS (SELECT 1 FROM users u WHERE u.id = ${id} AND u.role = coalesce(${role ?? null}::role, u.role))`;
  const rows = await db().$queryRaw<Row[]>`
    WITH contained AS MATERIALIZED (
      SELECT c.user_id, CASE WHEN ${normalizeEmail(q) ?? q.toLowerCase()} = lower(c.email) THEN 0 ELSE 1 END AS tier, 0 AS score
      FROM customer_search c WHERE lower(c.name || ' ' || c.email) LIKE ${containing(longest)}
        AND lower(c.name || ' ' || c.email) LIKE ALL (${parts.map(containing)}::text[])
        AND ${user(Prisma.sql`c.user_id`)}
    ), hits AS (
      SELECT * FROM contained
      UNION ALL
      SELECT l.user_id, 2, l.similarity FROM similar_customers(${similarWords}::text[]) l
      WHERE ${user(Prisma.sql`l.user_id`)}
        AND (${after !== undefined} OR (SELECT count(*) FROM contained) <= ${limit})
    ), best AS (
      SELECT DISTINCT ON (user_id) user_id, tier, round(score::numeric, 6) AS score FROM hits ORDER BY user_id, tier
    ), page AS (
      SELECT u.id, u.email, u.name, u.role::text AS role, u.created_at AS "createdAt", best.tier, best.score
      FROM best JOIN users u ON u.id = best.user_id
      ${after ? Prisma.sql`WHERE (best.tier, -best.score, u.name, u.id) > (${after[0]}, -${after[1]}::numeric, ${after[2]}, ${after[3]})` : Prisma.empty}
      ORDER BY best.tier, best.score DESC, u.name, u.id LIMIT ${limit + 1}
    )
    SELECT page.id, email, name, role, "createdAt", tier, score::text, (SELECT count(*)::int FROM best) AS found,
      ${after !== undefined || similarWords.length === 0} OR (SELECT count(*) FROM contained) <= ${limit} AS complete,
      (SELECT count(*)::int FROM orders o WHERE o.email = page.email) AS orders
    FROM page ORDER BY tier, page.score DESC, name, id`;
  const page = pageOf(
    rows,
    limit,
    ({ tier, score, found, complete, ...customer }) => customer,
    ({ tier, score, name, id }) => [tier, score, name, id],
  );
  const { found, complete } = rows[0] ?? { found: 0, complete: true };
  return { page, rows: { total: Math.min(found, MAX_COUNTED), more: !complete || found > MAX_COUNTED } };
}
