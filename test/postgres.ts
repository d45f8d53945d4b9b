import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startTestPostgres, TEMPLATE } from "@/dev/database";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a database that holds nothing of a test's; others are copies of the template beside it. */
    postgres: string;
  }
}

/** One PostgreSQL for all test files (vitest's global set-up). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestPostgres();
  project.provide("postgres", server.url("postgres"));
  return () => server.close();
}

/** A database for one test file: migrated and seeded. */
export async function freshDatabase(admin: string): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  await client.end();
  return admin.replace(/\/postgres$/, `/${name}`);
}
