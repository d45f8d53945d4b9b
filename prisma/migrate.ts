import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";

/** The lock that Prisma's own engine takes while it migrates (prisma-engines, schema-connector: 72707369). */
const MIGRATION_LOCK = 72_707_369;

/**
 * Applies the missing migrations to the database at `url`. It uses Prisma's folder format and Prisma's table of migrations, so
 * `prisma migrate deploy` works too. Any number of instances may run it at once: one migrates, and the others wait and
 * apply nothing. Each migration is one transaction. Returns the names it applied.
 *
 * @throws when an applied migration was edited since, or one failed earlier under Prisma's CLI.
 */
export async function migrate(url: string, directory = path.resolve("prisma/migrations")): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: "steadfast-migrate" });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(LEDGER);
    const { rows } = await client.query<Applied>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    const done: string[] = [];
    for (const { name, sql, checksum } of readMigrations(directory)) {
      const before = applied.get(name);
      if (before && !before.finished_at)
        throw new Error(`Migration ${name} failed half-way earlier; see "prisma migrate resolve".`);
      if (before && before.checksum !== checksum)
        throw new Error(`Migration ${name} was changed after it was applied.`);
      if (before) continue;
      await apply(client, name, sql, checksum);
      done.push(name);
    }
    return done;
  } finally {
    await client.end(); // releases the lock
  }
}

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

function readMigrations(directory: string) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)",
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${name} failed and was rolled back: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
