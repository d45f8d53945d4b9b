import { z } from "zod";
import { Role } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { type Page, pageOf, pageQuery, readCursor, type Total } from "../pagination";
import { containing, searchTextSchema } from "../text";
import { countSchema, timeSchema } from "../view-schemas";
import { partsOf, similarityWords, wordsOf } from "./words";

/** The query of `GET /api/admin/customers`. Without `q` it lists all users by name. */
export const customerQuerySchema = pageQuery(20).extend({
  q: searchTextSchema.default(""),
  role: z.enum(Role).optional().describe("Only the users with this role."),
});

export const customerViewSchema = z.strictObject({
  ...{ id: z.string(), email: z.string(), name: z.string(), role: z.string() },
  /** Orders placed with the address of the account. */
  orders: countSchema,
  createdAt: timeSchema,
});

interface Row extends Omit<z.output<typeof customerViewSchema>, "createdAt"> {
  createdAt: Date;
  /** The name by which it is sorted. The index may have an earlier one than the user. */
  sortName: string;
  tier: number;
  score: string;
  /** The number of all matches. */
  found: number;
  /** Whether users with a similar name are among them. */
  complete: boolean;
}

type Customer = Omit<Row, "tier" | "score" | "found" | "complete" | "sortName">;

const cursorSchema = z.tuple([z.int32(), z.string().regex(/^\d+(\.\d+)?$/), z.string(), z.string()]);

/** So many matches are counted and ranked. More of them are listed by name, page by page. */
const MAX_RANKED = 1_000;

/**
 * Returns the users that match a search: the user with exactly this address, or else users whose name or address contains each
 * part of the search, and then users with a similar name, unless more than `MAX_RANKED` contain the search.
 */
export const findCustomers = async (query: z.output<typeof customerQuerySchema>): Promise<Page<Customer>> =>
  (await findAndCountCustomers(query)).page;

/** Returns what `findCustomers` does, and the number of all matches. Similar names are not counted before the page that needs them. */
export async function findAndCountCustomers(
  query: z.output<typeof customerQuerySchema>,
): Promise<{ page: Page<Customer>; rows: Total }> {
  const { limit, cursor } = query;
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const search = { ...query, after, owner: await findOwner(query) };
  const matches = await countMatches(search);
  const isRanked = matches <= MAX_RANKED;
  const rows = await db().$queryRaw<Row[]>(isRanked ? ranked(search) : byName(search));
  const page = pageOf(
    rows,
    limit,
    ({ tier, score, found, complete, sortName, ...customer }) => customer,
    ({ tier, score, sortName, id }) => [tier, score, sortName, id],
  );
  if (!isRanked) return { page, rows: { total: MAX_RANKED, more: true } };
  const { found, complete } = rows[0] ?? { found: 0, complete: true };
  return { page, rows: { total: found, more: !complete } };
}

interface Search extends z.output<typeof customerQuerySchema> {
  after: z.output<typeof cursorSchema> | undefined;
  /** The user with exactly the address that is sought. */
  owner: string | undefined;
}

async function findOwner({ q, role }: z.output<typeof customerQuerySchema>): Promise<string | undefined> {
  const email = normalizeEmail(q);
  if (email === undefined) return undefined;
  return (await db().user.findFirst({ where: { email, deletedAt: null, ...(role && { role }) }, select: { id: true } }))
    ?.id;
}

/** Returns the parts of a search, the longest first. */
const sortedParts = (q: string): string[] => partsOf(normalizeEmail(q) ?? q).toSorted((a, b) => b.length - a.length);

/** PostgreSQL writes the search in lower case too: for `İ` and a final `Σ`, it has other letters than JavaScript. */
const TEXT = Prisma.sql`lower(c.name || ' ' || c.email)`;

/**
 * The index finds the longest part. PostgreSQL uses no index for LIKE ALL. The address of a user is not sought as a part of others:
 * most of its letters are those of its domain.
 */
function isContained({ q, owner }: Search): Prisma.Sql {
  if (owner !== undefined) return Prisma.sql`true`;
  const [longest, ...others] = sortedParts(q);
  if (longest === undefined) return Prisma.sql`true`;
  const patterns = others.map(containing).join(" ");
  return Prisma.sql`${TEXT} LIKE lower(${containing(longest)}) AND ${TEXT} LIKE ALL (string_to_array(lower(${patterns}), ' '))`;
}

/** The rows `c` that are searched. The index gets a new user minutes after the registration, so an owner is read from the users. */
const searched = ({ owner }: Search) =>
  owner === undefined
    ? Prisma.sql`customer_search c`
    : Prisma.sql`(SELECT id AS user_id, name, email FROM users WHERE id = ${owner}) c`;

/** The condition that user `u` has the role of the search. */
const hasRole = ({ role }: Search) => (role === undefined ? Prisma.sql`true` : Prisma.sql`u.role = ${role}::role`);

/** The condition that the user with this id exists, and has the role of the search. */
const isListed = (id: Prisma.Sql, search: Search) =>
  Prisma.sql`EXISTS (SELECT 1 FROM users u WHERE u.id = ${id} AND ${hasRole(search)})`;

/** Counts the users that contain the search, up to one more than are ranked. */
async function countMatches(search: Search): Promise<number> {
  const [row] = await db().$queryRaw<{ found: number }[]>`
    SELECT count(*)::int AS found FROM (
      SELECT 1 FROM ${searched(search)} WHERE ${isContained(search)} AND ${isListed(Prisma.sql`c.user_id`, search)}
      LIMIT ${MAX_RANKED + 1}) counted`;
  return row?.found ?? 0;
}

/** The columns of a page's rows besides the rank, for user `u`. */
const USER = Prisma.sql`u.id, u.email, u.name, u.role::text AS role, u.created_at AS "createdAt"`;
const ORDERS = Prisma.sql`(SELECT count(*)::int FROM orders o WHERE o.email = page.email) AS orders`;

function ranked(search: Search): Prisma.Sql {
  const { q, limit, after, owner } = search;
  // Similar names take longest to find. A number has none, and the first page needs none when the other matches fill it.
  const similarWords = owner !== undefined || /\d/.test(q) ? [] : similarityWords(wordsOf(q));
  return Prisma.sql`
    WITH contained AS MATERIALIZED (
      SELECT c.user_id, CASE WHEN ${normalizeEmail(q) ?? q.toLowerCase()} = lower(c.email) THEN 0 ELSE 1 END AS tier, 0 AS score
      FROM ${searched(search)} WHERE ${isContained(search)} AND ${isListed(Prisma.sql`c.user_id`, search)}
    ), hits AS (
      SELECT * FROM contained
      UNION ALL
      SELECT l.user_id, 2, l.similarity FROM similar_customers(${similarWords}::text[]) l
      WHERE ${isListed(Prisma.sql`l.user_id`, search)}
        AND (${after !== undefined} OR (SELECT count(*) FROM contained) <= ${limit})
    ), best AS (
      SELECT DISTINCT ON (user_id) user_id, tier, round(score::numeric, 6) AS score FROM hits ORDER BY user_id, tier
    ), page AS (
      SELECT ${USER}, best.tier, best.score
      FROM best JOIN users u ON u.id = best.user_id
      ${after ? Prisma.sql`WHERE (best.tier, -best.score, u.name, u.id) > (${after[0]}, -${after[1]}::numeric, ${after[2]}, ${after[3]})` : Prisma.empty}
      ORDER BY best.tier, best.score DESC, u.name, u.id LIMIT ${limit + 1}
    )
    SELECT page.id, email, name, role, "createdAt", tier, score::text, name AS "sortName", (SELECT count(*)::int FROM best) AS found,
      ${after !== undefined || similarWords.length === 0} OR (SELECT count(*) FROM contained) <= ${limit} AS complete, ${ORDERS}
    FROM page ORDER BY tier, page.score DESC, name, id`;
}

/**
 * A text that many users have fills a page within so many names. Those of any other text are found by the index of trigrams, all of
 * them. A name such as Zora is at the end of the names, so PostgreSQL would read all before it.
 */
const NAMES_READ_IN_ORDER = 40_000;

/** Lists the matches by name, without a rank. */
function byName(search: Search): Prisma.Sql {
  const { q, limit, after } = search;
  const remaining = after ? Prisma.sql`(c.name, c.user_id) > (${after[2]}, ${after[3]})` : Prisma.sql`true`;
  const isUser = isListed(Prisma.sql`c.user_id`, search);
  const names = Prisma.sql`SELECT c.name, c.user_id, c.email FROM customer_search c WHERE ${remaining} ORDER BY c.name, c.user_id`;
  const matches =
    q === ""
      ? Prisma.sql`found AS (SELECT c.name, c.user_id FROM (${names}) c)`
      : Prisma.sql`
        next AS MATERIALIZED (
          SELECT c.name, c.user_id FROM (${names} LIMIT ${NAMES_READ_IN_ORDER}) c WHERE ${isContained(search)} AND ${isUser}
          ORDER BY c.name, c.user_id LIMIT ${limit + 1}
        ), indexed AS MATERIALIZED (
          SELECT c.name, c.user_id FROM customer_search c
          WHERE ${remaining} AND ${isContained(search)} AND (SELECT count(*) FROM next) <= ${limit}
        ), found AS (
          SELECT * FROM next WHERE (SELECT count(*) FROM next) > ${limit} UNION ALL SELECT * FROM indexed
        )`;
  return Prisma.sql`
    WITH ${matches}, page AS (
      SELECT u.*, c.name AS "sortName" FROM (SELECT * FROM found c ORDER BY c.name, c.user_id) c
      CROSS JOIN LATERAL (SELECT ${USER} FROM users u WHERE u.id = c.user_id AND ${hasRole(search)} LIMIT 1) u
      ORDER BY c.name, c.user_id LIMIT ${limit + 1}
    )
    SELECT page.id, email, name, role, "createdAt", 1 AS tier, '0' AS score, "sortName", 0 AS found, false AS complete, ${ORDERS}
    FROM page ORDER BY "sortName", id`;
}
