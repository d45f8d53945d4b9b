import pg from "pg";
import { afterAll } from "vitest";

/**
 * Returns a shop that no other test file has, until the end of this file. A lock in the shop's database decides: vitest 4.1 gives
 * two files that run at once the same `VITEST_POOL_ID` when the file before them frees its id late.
 */
export async function claimShop<T>(shops: T[], databaseOf: (shop: T) => string): Promise<T> {
  const candidates = shops.map((shop) => ({ shop, client: new pg.Client(databaseOf(shop)) }));
  const locked = candidates.map(async (candidate) => {
    await candidate.client.connect();
    await candidate.client.query("SELECT pg_advisory_lock(hashtext('a test file'))");
    return candidate;
  });
  const { shop, client } = await Promise.race(locked);
  const others = candidates.filter((candidate) => candidate.client !== client);
  // The end of a connection ends its wait, which then fails.
  const ended = Promise.allSettled([...locked, ...others.map((other) => other.client.end())]);
  afterAll(async () => {
    await client.end();
    await ended;
  });
  return shop;
}
