import { beforeAll, expect, test } from "vitest";
import { grow } from "../growth";
import { signedIn } from "./operator";
import { HOUR, openShop } from "./shop";

/** Searches in a shop with many orders and customers, which read in order or by an index, and compare a bounded number of rows. */
const shop = openShop({ only: ["process-order"] });

beforeAll(async () => {
  await shop.finish(await shop.checkout(await shop.product(100)), HOUR);
  await grow(shop.sql, { from: 1, to: 20_000, since: new Date("2025-01-01"), until: new Date("2026-01-01") });
});

test("a search that finds thousands of customers lists each once, by name", async () => {
  const manager = await signedIn(shop);
  const pages = async (q: string) => {
    const found: { email: string; name: string }[] = [];
    for (let cursor = ""; ; ) {
      const path = `/api/admin/customers?q=${q}&limit=100${cursor}`;
      const page = await manager.read<{ items: typeof found; nextCursor: string | null }>(manager.get(path));
      found.push(...page.items);
      if (!page.nextCursor) return found;
      cursor = `&cursor=${page.nextCursor}`;
    }
  };
  const all = await pages("customers.example");
  const [stored] = await shop.sql<{ n: number }>(
    "SELECT count(*)::int AS n FROM users WHERE deleted_at IS NULL AND email LIKE '%customers.example'",
  );
  expect(all).toHaveLength(stored?.n ?? 0);
  expect(all.length).toBeGreaterThan(5_000);
  expect(new Set(all.map(({ email }) => email)).size).toBe(all.length);
  const names = all.map(({ name }) => name);
  expect(names).toEqual(names.toSorted((a, b) => Number(a > b) - Number(a < b)));
});

test.each([
  ["x77", "of old orders"],
  ["fuchs", "of every twelfth order"],
  ["post.ex", "of every fourth order"],
])("a search for %j, a part %s, has all matches on its pages, in order", async (q) => {
  const { findOrders, listOrders, orderListSchema, orderTableSchema } = await import("@/lib/orders/list-orders");
  const match = (more = "") => `FROM orders WHERE (email ILIKE '%${q}%' OR name ILIKE '%${q}%') ${more}`;
  const sorts = { newest: "created_at DESC, id DESC", oldest: "created_at, id", highest: "total_amount DESC, id DESC" };
  for (const [sort, order] of Object.entries(sorts))
    for (const page of [1, 3]) {
      const rows = await shop.sql<{ id: string }>(
        `SELECT id ${match()} ORDER BY ${order} LIMIT 25 OFFSET ${(page - 1) * 25}`,
      );
      const found = await findOrders(orderTableSchema.parse({ q, sort, page }));
      expect(
        found.items.map(({ id }) => id),
        `${sort} ${page}`,
      ).toEqual(rows.map(({ id }) => id));
    }
  // Pages by a cursor, with another filter.
  const failed = await shop.sql<{ id: string }>(
    `SELECT id ${match("AND status = 'failed'")} ORDER BY created_at DESC, id DESC LIMIT 150`,
  );
  const listed: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null && listed.length < 150; ) {
    const page = await listOrders(orderListSchema.parse({ q, status: "failed", limit: 50, cursor }));
    listed.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(listed).toEqual(failed.map(({ id }) => id));
});

test("a search in everything leaves the emails of thousands of addresses to their list", async () => {
  const { searchEverything } = await import("@/lib/console/search");
  const newest = await shop.sql<{ id: string }>(
    "SELECT id FROM emails WHERE recipient LIKE '%x77%' ORDER BY created_at DESC, id DESC LIMIT 5",
  );
  const some = (await searchEverything("x77")).emails;
  expect({ ids: some.items.map(({ id }) => id), more: some.more }).toEqual({
    ids: newest.map(({ id }) => id),
    more: true,
  });
  expect((await searchEverything("customers.example")).emails).toEqual({ items: [], more: true });
});
