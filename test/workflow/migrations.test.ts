import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, inject, test } from "vitest";
import { schemaDiff } from "@/dev/schema-diff";
import { migrate } from "@/prisma/migrate";
import { freshDatabase } from "../postgres";

const directory = mkdtempSync(path.join(tmpdir(), "steadfast-migrations-"));
cpSync("prisma/migrations", directory, { recursive: true });
afterAll(() => rmSync(directory, { recursive: true }));

async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

async function emptyDatabase(): Promise<string> {
  const url = await freshDatabase(inject("postgres"));
  await query(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  return url;
}

const names = readdirSync("prisma/migrations", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

test("the migrations lead to the schema that the code is generated from", async () => {
  expect(await schemaDiff(await freshDatabase(inject("postgres")))).toBe("");
});

test("a column that was added by hand is noticed", async () => {
  const url = await freshDatabase(inject("postgres"));
  await query(url, "ALTER TABLE orders ADD COLUMN extra text");
  expect(await schemaDiff(url)).toContain("extra");
});

test("several instances that start at once migrate once, and find nothing to do afterwards", async () => {
  const url = await emptyDatabase();
  const done = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(done.flat().sort()).toEqual(names);
  expect(done.filter((applied) => applied.length > 0)).toHaveLength(1);
  expect(await migrate(url)).toEqual([]);
  const { rows } = await query(url, "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL");
  expect(rows).toHaveLength(names.length);
});

test("a migration that was changed after it had been applied is refused", async () => {
  const url = await emptyDatabase();
  await migrate(url, directory);
  writeFileSync(path.join(directory, names[0] ?? "", "migration.sql"), "SELECT 1;");
  await expect(migrate(url, directory)).rejects.toThrow(`${names[0]} was changed after it was applied`);
});

test("a migration that fails leaves nothing of itself, and is named", async () => {
  const url = await emptyDatabase();
  const broken = mkdtempSync(path.join(directory, "broken-"));
  cpSync(path.join(directory, names.at(-1) ?? ""), path.join(broken, "20990101000000_broken"), { recursive: true });
  writeFileSync(path.join(broken, "20990101000000_broken", "migration.sql"), "CREATE TABLE half (id int); SELECT 1/0;");
  await expect(migrate(url, broken)).rejects.toThrow(/20990101000000_broken failed and was rolled back.*zero/);
  const { rows } = await query(url, "SELECT to_regclass('half') AS half");
  expect(rows).toEqual([{ half: null }]);
});
