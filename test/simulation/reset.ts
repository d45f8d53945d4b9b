import pg from "pg";

/** Puts a database back to how it was at the start: a tenth of the time of a copy of the template. */
export interface Reset {
  /** Every table has the rows of the start again, and every sequence its value. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

interface Table {
  name: string;
  columns: string;
  rows: boolean;
}

/** Dead rows slow the queries down, so that now and then the tables are truncated. */
const TRUNCATE_EVERY = 50;

/** Remembers the rows of all tables, in a schema of the same database, whose name must be new. */
export async function rememberRows(database: string, schema = "remembered"): Promise<Reset> {
  const client = new pg.Client({ connectionString: database, application_name: "reset" });
  await client.connect();
  const { rows: found } = await client.query<Omit<Table, "rows">>(
    `SELECT c.table_name AS name, string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position) AS columns
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' AND c.table_name <> '_prisma_migrations'
     GROUP BY c.table_name ORDER BY c.table_name`,
  );
  await client.query(`CREATE SCHEMA "${schema}"`);
  const tables: Table[] = [];
  for (const { name, columns } of found) {
    const { rowCount } = await client.query(
      `CREATE TABLE "${schema}"."${name}" AS SELECT ${columns} FROM public."${name}"`,
    );
    tables.push({ name, columns, rows: (rowCount ?? 0) > 0 });
  }
  const { rows: sequences } = await client.query<{ name: string; value: string | null }>(
    "SELECT sequencename AS name, last_value AS value FROM pg_sequences WHERE schemaname = 'public'",
  );
  const values = sequences.map(({ name, value }) =>
    value === null ? `ALTER SEQUENCE public."${name}" RESTART` : `SELECT setval('public."${name}"', ${value})`,
  );
  const filled = tables.map(({ name }) => `SELECT '${name}' AS name WHERE EXISTS (SELECT 1 FROM public."${name}")`);
  const used = async () =>
    new Set((await client.query<{ name: string }>(filled.join(" UNION ALL "))).rows.map(({ name }) => name));
  let count = 0;
  return {
    async restore() {
      const now = await used();
      const truncate = ++count % TRUNCATE_EVERY === 0;
      const clear = truncate
        ? [`TRUNCATE ${tables.map(({ name }) => `public."${name}"`).join(", ")}`]
        : tables.filter(({ name }) => now.has(name)).map(({ name }) => `DELETE FROM public."${name}"`);
      const fill = tables
        .filter(({ rows }) => rows)
        .map(
          ({ name, columns }) =>
            `INSERT INTO public."${name}" (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM "${schema}"."${name}"`,
        );
      // As a replica the session runs no triggers, which are those of foreign keys too.
      const statements = [
        "BEGIN",
        "SET LOCAL session_replication_role = replica",
        ...clear,
        ...fill,
        ...values,
        "COMMIT",
      ];
      await client.query(statements.join(";\n"));
    },
    close: () => client.end(),
  };
}
