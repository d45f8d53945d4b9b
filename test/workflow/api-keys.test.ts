import { afterEach, beforeAll, expect, test } from "vitest";
import { loadEndpoints, operationName } from "@/app/api/openapi.json/document";
import type { createApiKey, listApiKeys, revokeApiKey, SCOPES, Scope } from "@/lib/auth/api-keys";
import type { Viewer } from "@/lib/auth/viewer";
import { TABLE } from "./access-table";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop, SECOND } from "./shop";

const shop = openShop({ only: ["process-order"] });
afterEach(audit);

type Keys = {
  createApiKey: typeof createApiKey;
  listApiKeys: typeof listApiKeys;
  revokeApiKey: typeof revokeApiKey;
  SCOPES: typeof SCOPES;
};
let keys: Keys;
let admin: Operator;
beforeAll(async () => {
  const module: Keys = await import("@/lib/auth/api-keys");
  keys = module;
  admin = await signedIn(shop, "admin");
});

const viewer = ({ id, email }: Operator): Viewer => ({ id, email, name: "Staff", role: "admin" });

/** Creates a key, and returns it with a function that calls the API with it. */
async function program(scopes: Scope[], { requestsPerMinute = 10_000, owner = admin, name = "Robot" } = {}) {
  const created = await keys.createApiKey(viewer(owner), { name, scopes, expiresInDays: 7, requestsPerMinute });
  return { ...created, call: caller(created.key) };
}

const caller =
  (key: string) =>
  (operation: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> => {
    const [method = "", path = ""] = operation.split(" ");
    return fetch(`${shop.app}${path.replaceAll(/\{\w+\}/g, "nothing")}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : JSON_BODY), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "manual",
    });
  };
const JSON_BODY = { "content-type": "application/json" };

test("the table contains every operation with its scope", async () => {
  const defined: Record<string, string> = {};
  for (const [path, methods] of Object.entries(await loadEndpoints()))
    for (const [method, { operation }] of Object.entries(methods))
      defined[`${method} ${path}`] = operation.scope ?? "closed";
  const listed = Object.entries(TABLE).map(([operation, [, scope]]) => [operation, scope]);
  expect(defined).toEqual(Object.fromEntries(listed));
  const used = new Set(Object.values(TABLE).map(([, scope]) => scope));
  expect([...used].sort()).toEqual([...Object.keys(keys.SCOPES), "any", "closed"].sort());
});

test("a key of one scope opens the operations of that scope and no others", async () => {
  const wrong: string[] = [];
  const scopes: Scope[] = Object.values(TABLE).flatMap(([, scope]) =>
    scope === "any" || scope === "closed" ? [] : scope,
  );
  for (const granted of new Set(scopes)) {
    const { call } = await program([granted]);
    const results = Object.entries(TABLE).map(async ([operation, [, scope]]) => {
      const response = await call(operation);
      const code = response.status === 403 ? (await problem(response)).code : "opened";
      const expected =
        scope === granted || scope === "any"
          ? "opened"
          : scope === "closed"
            ? "closed_to_api_keys"
            : "insufficient_scope";
      if (code !== expected || response.status === 401 || response.status >= 500)
        wrong.push(`${granted}: ${operation}: ${response.status} ${code}`);
    });
    await Promise.all(results);
  }
  expect(wrong).toEqual([]);
});

test("the database has no key, and the list has the last use and what became of each key", async () => {
  const used = await program(["coupons:read"], { name: "Used" });
  const revoked = await program(["coupons:read"], { name: "Revoked" });
  expect((await used.call("GET /api/admin/coupons")).status).toBe(200);
  await keys.revokeApiKey(revoked.id);
  const rows = await shop.sql<{ row: string }>("SELECT api_keys::text AS row FROM api_keys");
  expect(rows.filter(({ row }) => row.includes(used.key) || row.includes(revoked.key))).toEqual([]);
  const listed = await keys.listApiKeys();
  expect(listed.find(({ id }) => id === used.id)).toMatchObject({
    ...{ name: "Used", start: used.key.slice(0, 8), scopes: ["coupons:read"], status: "active" },
    ...{ requestsPerMinute: 10_000, ownerName: "Staff", lastUsedAt: expect.any(Date) },
  });
  expect(listed.find(({ id }) => id === revoked.id)).toMatchObject({ status: "revoked", lastUsedAt: null });
});

test("a wrong, an expired and a revoked key are 401; a session beside it does not help", async () => {
  const expired = await program(["coupons:read"]);
  await shop.sql("UPDATE api_keys SET expires_at = $2 WHERE id = $1", [
    expired.id,
    new Date(shop.clock.now() - 1_000).toISOString(),
  ]);
  const revoked = await program(["coupons:read"]);
  await keys.revokeApiKey(revoked.id);
  for (const key of [
    expired.key,
    expired.key,
    revoked.key,
    `${revoked.key.slice(0, -4)}abcd`,
    "sk_live_".padEnd(90, "x"),
  ]) {
    const response = await caller(key)("GET /api/admin/coupons");
    expect(await problem(response)).toMatchObject({ status: 401, code: "invalid_api_key" });
    const asAdmin = await admin.get("/api/admin/coupons");
    expect(asAdmin.status).toBe(200);
  }
  expect((await caller(revoked.key)("GET /api/products")).status).toBe(401);
});

test("a key stops when its owner is no longer an administrator", async () => {
  const owner = await signedIn(shop, "admin");
  const { id, call } = await program(["coupons:read"], { owner });
  expect((await call("GET /api/admin/coupons")).status).toBe(200);
  await shop.sql("UPDATE users SET role = 'manager' WHERE id = $1", [owner.id]);
  const response = await call("GET /api/admin/coupons");
  expect(await problem(response)).toMatchObject({ status: 403, code: "forbidden" });
  const listed = await keys.listApiKeys();
  expect(listed.find((key) => key.id === id)?.status).toBe("owner_not_admin");
  await shop.sql("UPDATE users SET role = 'admin', deleted_at = now() WHERE id = $1", [owner.id]);
  expect((await call("GET /api/admin/coupons")).status).toBe(403);
});

test("each key has a rate limit of its own, which opens again with time", async () => {
  const [slow, other] = [
    await program(["coupons:read"], { requestsPerMinute: 3 }),
    await program(["coupons:read"], { requestsPerMinute: 3 }),
  ];
  const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await slow.call("GET /api/admin/coupons")).status));
  expect(statuses.sort()).toEqual([200, 200, 200, 429]);
  const refused = await slow.call("GET /api/products");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "20"]);
  expect((await other.call("GET /api/admin/coupons")).status).toBe(200);
  await shop.clock.advance(21_000);
  expect((await slow.call("GET /api/admin/coupons")).status).toBe(200);
});

test("the plugin's own routes are closed, so a customer cannot create a key", async () => {
  const customer = await signedIn(shop, "customer");
  const paths = ["create", "update", "delete", "verify", "delete-all-expired-api-keys"];
  for (const path of paths)
    expect((await customer.post(`/api/auth/api-key/${path}`, { name: "Mine", keyId: "x" })).status, path).toBe(404);
  for (const path of ["list", "get?id=x"]) expect((await customer.get(`/api/auth/api-key/${path}`)).status).toBe(404);
});

test("a program places an order for a customer: it is the customer's, and the console says who placed it", async () => {
  const customer = await signedIn(shop, "customer");
  const { id: apiKeyId, call } = await program(["checkout", "orders:read"], { name: "Voice shop" });
  const items = [{ productId: await shop.product(5), quantity: 1 }];
  const body = { items, email: "voice@customers.example", paymentMethod: "pm_card_visa", userId: customer.id };
  const key = { "idempotency-key": "voice-1" };
  const placed = await call("POST /api/checkout", body, key);
  expect(placed.status).toBe(201);
  const { order } = (await placed.json()) as { order: { id: string; token: string } };
  const again = await call("POST /api/checkout", body, key);
  expect([again.status, ((await again.json()) as { order: { id: string } }).order.id]).toEqual([200, order.id]);
  const other = await signedIn(shop, "customer");
  expect((await call("POST /api/checkout", { ...body, userId: other.id }, key)).status).toBe(409);
  await shop.settle();
  const own = await admin.read<{ items: { id: string }[] }>(customer.get("/api/account/orders"));
  expect(own.items.map(({ id }) => id)).toEqual([order.id]);
  const details = await admin.read<object>(admin.get(`/api/admin/orders/${order.id}`));
  expect(details).toMatchObject({ status: "confirmed", placedBy: { apiKeyId, name: "Voice shop" } });
  const seen = await call(`GET /api/orders/${order.id}`);
  expect(seen.status).toBe(200);
});

test("only a program may name the customer, who must exist", async () => {
  const { call } = await program(["checkout"]);
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const body = { items, email: "x@customers.example", paymentMethod: "pm_card_visa", userId: "usr_nobody" };
  for (const response of [await shop.post("/api/checkout", body), await call("POST /api/checkout", body)])
    expect(await problem(response)).toMatchObject({ status: 422, fields: ["userId"] });
});

test("a key that reads emails gets no token of their links, also as a tool; a manager sees the links", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(15 * SECOND);
  const [email] = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE recipient = $1", [placed.email]);
  const path = `/api/admin/emails/${email?.id}`;
  const { call } = await program(["emails:read"]);
  const { content } = (await (await call(`GET ${path}`)).json()) as { content: { html: string; text: string } };
  for (const part of [content.html, content.text]) {
    expect(part).toContain(`/orders/${placed.id}?token=…`);
    expect(part).not.toContain(placed.token);
  }
  const rpc = { jsonrpc: "2.0", id: 1, method: "tools/call" };
  const tool = await call(
    "POST /api/mcp",
    { ...rpc, params: { name: operationName("GET", "/api/admin/emails/{id}"), arguments: { id: email?.id } } },
    { accept: "application/json, text/event-stream" },
  );
  const answer = await tool.text();
  expect(answer).toContain("token=…");
  expect(answer).not.toContain(placed.token);
  const seen = await admin.read<{ content: { text: string } }>(admin.get(path));
  expect(seen.content.text).toContain(`/orders/${placed.id}?token=${placed.token}`);
});
