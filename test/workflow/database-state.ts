import type { TestEnvironment } from "@/dev/test-environment";

/** Rows that a refused request may write: the limits that it counts for, and the time of the last use of a session or a key. */
const BOOKKEEPING = ["rate_limits", "sessions", "api_keys"];

/**
 * Returns the number of rows of each table and the transactions that wrote them. Two results are equal only if no row was
 * inserted, updated or deleted between them. A lock on a row is no change.
 */
export async function databaseState({ sql }: Pick<TestEnvironment, "sql">): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY($1)",
    [BOOKKEEPING],
  );
  const each = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' rows, ' || coalesce(sum(xmin::text::bigint), 0) AS state FROM "${name}"`,
  );
  const states = await sql<{ name: string; state: string }>(each.join(" UNION ALL "));
  return Object.fromEntries(states.map(({ name, state }) => [name, state]));
}
