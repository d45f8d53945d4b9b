import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

beforeAll(async () => {
  const products = [
    ["TS-001", "Hoodie Nordwind", "Warm, of organic cotton"],
    ["TS-002", "Hoodie", "Plain"],
    ["TS-003", "Rain jacket", "Goes over every hoodie"],
    ["TS-004", "Notebook 100% paper", "Ruled"],
    ["TS-005", "Multi-tool", "Eleven tools"],
    ["TS-006", "Off hoodie", "No longer made"],
  ];
  for (const [sku, name, description] of products)
    await shop.sql(
      `INSERT INTO products (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
       VALUES ($1, $1, $2, $3, 100, 'EUR', $1 <> 'TS-006', '2026-01-01', '2026-01-01')`,
      [sku, name, description],
    );
});

async function found(q: string, more = ""): Promise<string[]> {
  const response = await fetch(`${shop.app}/api/products?q=${encodeURIComponent(q)}&limit=100${more}`);
  expect(response.status).toBe(200);
  const { items } = (await response.json()) as { items: { sku: string }[] };
  return items.map(({ sku }) => sku).filter((sku) => sku.startsWith("TS-"));
}

test("the name itself comes first, then the name, then the description; what is not on sale never", async () => {
  expect(await found("hoodie")).toEqual(["TS-002", "TS-001", "TS-003"]);
  expect(await found("Hoodies")).toEqual(["TS-002", "TS-001", "TS-003"]);
  expect(await found("nordwind hoodie")).toEqual(["TS-001"]);
  expect(await found("hoo")).toHaveLength(3);
});

test("a list by price or by date pages through all products in order, also of equal ones", async () => {
  const walk = async (sort: string) => {
    const seen: { id: string; price: { amount: number } }[] = [];
    for (let cursor = ""; ; ) {
      const page = await fetch(`${shop.app}/api/products?limit=7&sort=${sort}${cursor && `&cursor=${cursor}`}`);
      const { items, nextCursor } = await page.json();
      seen.push(...items);
      if (!nextCursor) return seen;
      cursor = nextCursor;
    }
  };
  const [up, down, byName] = [await walk("price"), await walk("-price"), await walk("name")];
  const prices = up.map(({ price }) => price.amount);
  expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  expect(down.map(({ price }) => price.amount)).toEqual(prices.toReversed());
  for (const list of [up, down, await walk("newest")])
    expect(list.map(({ id }) => id).sort()).toEqual(byName.map(({ id }) => id).sort());
  expect((await fetch(`${shop.app}/api/products?sort=colour`)).status).toBe(422);
});

test("a SKU, whole or by half, with and without its sign", async () => {
  expect(await found("ts-004")).toEqual(["TS-004"]);
  expect((await found("TS 004"))[0]).toBe("TS-004");
  expect(await found("TS-00")).toHaveLength(5);
});

test.each([
  ["hoodei", "TS-001"],
  ["hodie", "TS-001"],
  ["notbook", "TS-004"],
  ["jaket", "TS-003"],
  ["rain jakcet", "TS-003"],
])("a slip of the finger, %j, still finds %s", async (q, sku) => expect(await found(q)).toContain(sku));

test("what holds the words stands before what resembles them, and a short word is not guessed at", async () => {
  await shop.sql(
    `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
     VALUES ('TS-007', 'TS-007', 'Hoddie stand', 'Brand name', 100, 'EUR', '2026-01-01', '2026-01-01')`,
  );
  expect(await found("hoddie")).toEqual(["TS-007", "TS-002", "TS-001"]);
  expect(await found("mug")).not.toContain("TS-005");
});

test.each(["%", "_", "%%_", "'; DROP TABLE products;--", "\\", "a:*&!", "()|&", "the of and"])(
  "signs that mean something elsewhere, %j, find nothing and break nothing",
  async (q) => expect(await found(q)).toEqual([]),
);

test("100% is found by its digits", async () => expect(await found("100%")).toEqual(["TS-004"]));

test("pages follow one another without a gap or a repeat, in the same order", async () => {
  const all: string[] = [];
  let cursor = "";
  do {
    const response = await fetch(`${shop.app}/api/products?q=hoodie&limit=2${cursor && `&cursor=${cursor}`}`);
    const page = (await response.json()) as { items: { sku: string }[]; nextCursor: string | null };
    all.push(...page.items.map(({ sku }) => sku));
    cursor = page.nextCursor ?? "";
  } while (cursor);
  const response = await fetch(`${shop.app}/api/products?q=hoodie&limit=100`);
  const { items } = (await response.json()) as { items: { sku: string }[] };
  expect(all).toEqual(items.map(({ sku }) => sku));
  expect(new Set(all).size).toBe(all.length);
  expect((await fetch(`${shop.app}/api/products?q=hoodie&cursor=WzEsIlwwIiwiXDAiLCJcMCJd`)).status).toBe(422);
});

test("customers are found by name, address and with a slip; what changed is found five minutes after the last change", async () => {
  const manager: Operator = await signedIn(shop);
  const customers = async (q: string) => {
    type Found = { items: { email: string; name: string; orders: number }[] };
    return (await manager.read<Found>(manager.get(`/api/admin/customers?q=${encodeURIComponent(q)}`))).items;
  };
  expect((await customers("amira.almeida@customers.example"))[0]).toMatchObject({ name: "Amira Almeida", orders: 0 });
  expect((await customers("amira almieda")).map(({ name }) => name)).toEqual(["Amira Almeida"]);
  expect(await customers("%")).toEqual([]);

  const [user] = await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = 'amira.almeida@customers.example'");
  const rename = async (name: string, version: number) => {
    await shop.sql("UPDATE users SET name = $2, updated_at = $3 WHERE id = $1", [user?.id, name, new Date()]);
    const event = { name: "user/profile-updated", id: `rename-${version}`, data: { userId: user?.id, stored: true } };
    await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify([event]) });
    await shop.settle();
  };
  await rename("Quentin Quillfeather", 1);
  await shop.clock.advance(3 * MINUTE);
  await rename("Zora Zephyrine", 2);
  await shop.clock.advance(4 * MINUTE);
  expect(await customers("zephyrine")).toEqual([]);
  await shop.clock.advance(2 * MINUTE);
  expect(await customers("zephyrine")).toHaveLength(1);
  expect(await customers("quillfeather")).toEqual([]);
  const [runs] = await shop.sql<{ version: Date }>("SELECT version FROM customer_search WHERE user_id = $1", [
    user?.id,
  ]);
  expect(runs?.version).toBeInstanceOf(Date);
});

test("a whole address finds its user alone, and a part of it also the others that contain it", async () => {
  const manager = await signedIn(shop);
  for (const name of ["ann", "joann"])
    await shop.sql(
      `WITH added AS (
         INSERT INTO users (id, email, name, email_verified, created_at, updated_at)
         VALUES ($1, $2, 'Whole', true, now(), now()) RETURNING id, name, email, updated_at)
       INSERT INTO customer_search SELECT * FROM added`,
      [`usr_${name}`, `${name}@whole.example`],
    );
  const found = async (q: string) => {
    const list = manager.get(`/api/admin/customers?q=${encodeURIComponent(q)}`);
    return (await manager.read<{ items: { email: string }[] }>(list)).items.map(({ email }) => email);
  };
  expect(await found("Ann@whole.example")).toEqual(["ann@whole.example"]);
  expect(await found("nn@whole.example")).toEqual(["ann@whole.example", "joann@whole.example"]);
});

test.each(["İrem Öz", "ΝΙΚΟΣ ΒΛΑΧΟΣ"])("a customer is found by the name %s as it is stored", async (name) => {
  const manager = await signedIn(shop);
  await shop.sql(
    `WITH added AS (
       INSERT INTO users (id, email, name, email_verified, created_at, updated_at)
       VALUES ('usr_' || md5($1), md5($1) || '@cased.example', $1, true, now(), now()) RETURNING id, name, email, updated_at)
     INSERT INTO customer_search SELECT * FROM added`,
    [name],
  );
  for (const q of [name, ...name.split(" ")]) {
    const list = manager.get(`/api/admin/customers?q=${encodeURIComponent(q)}`);
    const { items } = await manager.read<{ items: { name: string }[] }>(list);
    expect(items.map((user) => user.name)).toContain(name);
  }
});

test("a customer is found by a name with a typo in any script, and however its letters are composed", async () => {
  const manager = await signedIn(shop);
  const found = async (q: string) => {
    const list = manager.get(`/api/admin/customers?q=${encodeURIComponent(q)}`);
    return (await manager.read<{ items: { name: string }[] }>(list)).items.map(({ name }) => name);
  };
  for (const name of ["Екатерина", "Ame\u0301lie"]) {
    const body = { email: `${randomUUID()}@scripts.example`, name, password: "a long enough password" };
    expect((await shop.post("/api/auth/sign-up/email", body)).status).toBe(200);
  }
  await shop.settle();
  await shop.clock.advance(30 * MINUTE);
  expect(await found("Екатирина")).toEqual(["Екатерина"]);
  for (const q of ["Am\u00e9lie", "Ame\u0301lie"]) expect(await found(q)).toEqual(["Am\u00e9lie"]);
});

test("a change whose event was lost is found all the same, and a user who is gone is not", async () => {
  const manager = await signedIn(shop);
  await shop.sql(
    "UPDATE users SET name = 'Missing Link', updated_at = $1 WHERE email = 'ben.almeida@customers.example'",
    [new Date()],
  );
  await shop.clock.advance(30 * MINUTE);
  const found = await manager.read<{ items: unknown[] }>(manager.get("/api/admin/customers?q=missing+link"));
  expect(found.items).toHaveLength(1);
  // Users who are gone do not fill a page, whatever is indexed of them.
  for (const id of ["usr_past", "usr_former"])
    await shop.sql("INSERT INTO customer_search VALUES ($1, 'Mising Link', 'past@customers.example', now())", [id]);
  const similar = await manager.read<{ items: { name: string }[] }>(
    manager.get("/api/admin/customers?q=mising+link&limit=1"),
  );
  expect(similar.items.map(({ name }) => name)).toEqual(["Missing Link"]);
  await shop.sql("INSERT INTO customer_search VALUES ('usr_gone', 'Gone Girl', 'gone@customers.example', now())");
  const event = { name: "user/profile-updated", data: { userId: "usr_gone", stored: true } };
  await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify([event]) });
  await shop.settle();
  await shop.clock.advance(6 * MINUTE);
  expect(await shop.sql("SELECT 1 FROM customer_search WHERE user_id = 'usr_gone'")).toEqual([]);
});

test("a role limits the list of users, and also the names that are similar to a search", async () => {
  const manager = await signedIn(shop);
  const users = async (query: string) => {
    type Found = { items: { name: string; role: string }[] };
    return (await manager.read<Found>(manager.get(`/api/admin/customers?${query}`))).items;
  };
  expect((await users("role=admin")).map(({ name }) => name)).toEqual(["Ada Admin"]);
  for (const role of ["manager", "customer"]) {
    const found = await users(`role=${role}&limit=100`);
    expect(new Set(found.map((user) => user.role))).toEqual(new Set([role]));
  }
  expect((await users("q=maxx+manaager")).map(({ name }) => name)).toContain("Max Manager");
  expect((await users("q=maxx+manaager&role=customer")).map(({ name }) => name)).not.toContain("Max Manager");
  expect((await manager.get("/api/admin/customers?role=owner")).status).toBe(422);
});

test("only managers search for customers", async () => {
  const customer = await signedIn(shop, "customer");
  expect((await fetch(`${shop.app}/api/admin/customers?q=a`)).status).toBe(401);
  expect((await customer.get("/api/admin/customers?q=a")).status).toBe(403);
  const manager = await signedIn(shop);
  expect((await manager.get("/api/admin/customers?q=%00")).status).toBe(422);
  expect((await manager.get("/api/admin/customers?page=1")).status).toBe(422);
});

test.each([
  ["हिन्दी किताब", "हिन्दी"],
  ["หนังสือภาษาไทย", "หนังสือภาษาไทย"],
  ["Kaffeebecher Müller", "Mu\u0308ller"],
  ["Cafe\u0301 Crema", "café"],
  ["كِتَاب", "كِتَاب"],
])("the product %j is found by %j, whose letters have marks", async (name, q) => {
  const sku = `TS-M-${q}`;
  await shop.sql(
    `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
     VALUES ($1, $1, $2, '', 100, 'EUR', '2026-01-01', '2026-01-01')`,
    [sku, name],
  );
  expect(await found(q)).toEqual([sku]);
});

test("a new user is found by their whole address before the index has them, and by nothing else", async () => {
  const manager = await signedIn(shop);
  await shop.sql(
    `INSERT INTO users (id, email, name, email_verified, created_at, updated_at)
     VALUES ('usr_new', 'just.now@customers.example', 'Just Now', true, '2026-01-01', '2026-01-01')`,
  );
  const customers = async (query: string) => {
    const list = await manager.read<{ items: { id: string }[] }>(manager.get(`/api/admin/customers?${query}`));
    return list.items.map(({ id }) => id);
  };
  expect(await customers("q=Just.Now@customers.example")).toEqual(["usr_new"]);
  expect(await customers("q=just.now@customers.example&role=admin")).toEqual([]);
  expect(await customers("q=just.now@customers")).toEqual([]);
});
