import { rmSync } from "node:fs";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { startScratchPostgres } from "@/dev/postgres";
import { scratchDir, startStack } from "@/dev/stack";

afterEach(() => vi.unstubAllEnvs());

test("a database that DATABASE_URL names is migrated, and gets the example data only if it is asked for", async () => {
  const server = await startScratchPostgres();
  await server.createDatabase("shop");
  const url = server.url("shop");
  vi.stubEnv("DATABASE_URL", url);
  const dir = scratchDir("given-database");
  /** Starts the stack once, and returns what it says about the database, and the rows there. */
  const start = async (seed?: boolean) => {
    const stack = await startStack({ dir, mode: "start", seed });
    const { notes, users } = stack;
    await stack.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      "SELECT (SELECT count(*) FROM products)::int AS products, (SELECT count(*) FROM users)::int AS users, (SELECT count(*) FROM plans)::int AS plans",
    );
    await client.end();
    return { note: notes.database, signIns: users, ...rows[0] };
  };
  try {
    expect(await start()).toMatchObject({ products: 0, users: 0, plans: 0, signIns: [] });
    const { note, signIns, products, users } = await start(true);
    expect(products).toBeGreaterThan(0);
    expect(users).toBeGreaterThan(0);
    expect([note, signIns]).toEqual(["from DATABASE_URL", []]);
    expect(await start()).toMatchObject({ note: expect.stringContaining("npm run dev -- --seed"), products, users });
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await server.close();
  }
});
