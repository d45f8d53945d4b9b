import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { operationName } from "@/app/api/openapi.json/document";
import { type createApiKey, SCOPES as LABELS, type Scope } from "@/lib/auth/api-keys";
import { TABLE } from "./access-table";
import { type Operator, signedIn } from "./operator";
import { audit, openShop } from "./shop";

const shop = openShop({ only: ["process-order", "cancel-order", "process-refund"] });
afterEach(audit);

let admin: Operator;
const clients: Client[] = [];
const SCOPES = Object.keys(LABELS) as Scope[];
beforeAll(async () => {
  admin = await signedIn(shop, "admin");
});
afterAll(async () => {
  for (const client of clients) await client.close();
});

/** Creates a key with these scopes, and connects the SDK's own client with it. */
async function connect(scopes: Scope[], requestsPerMinute = 1_000) {
  const module: { createApiKey: typeof createApiKey } = await import("@/lib/auth/api-keys");
  const owner = { id: admin.id, email: admin.email, name: "Staff", role: "admin" } as const;
  const { key } = await module.createApiKey(owner, { name: "Agent", scopes, expiresInDays: 7, requestsPerMinute });
  return connectWith(key);
}

async function connectWith(key: string): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${shop.app}/api/mcp`), { requestInit }));
  clients.push(client);
  return client;
}

/** Calls a tool. Returns whether it failed, and the JSON of its text. */
async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { isError, content } = await client.callTool({ name, arguments: args });
  const [part] = content;
  return { failed: isError, ...JSON.parse(part?.type === "text" ? part.text : "{}") };
}

const nameOf = (operation: string) => {
  const [method = "", path = ""] = operation.split(" ");
  return operationName(method, path);
};

/** A tool sends JSON, so it cannot upload a file. */
const UPLOAD = "POST /api/admin/imports/upload";

const namesOf = (scopes: readonly Scope[]) =>
  Object.entries(TABLE)
    .filter(([operation, [, scope]]) => operation !== UPLOAD && scopes.some((one) => one === scope))
    .map(([operation]) => nameOf(operation))
    .sort();

/** What can be changed back, or changes nothing that a customer has. All other changes ask for `confirm: true`. */
const REVERSIBLE = [
  ...["POST /api/account/webhooks", "PATCH /api/account/webhooks/{id}"],
  "POST /api/account/webhooks/{id}/deliveries/{deliveryId}/redeliver",
  ...["POST /api/admin/alerts/{id}/resolve", "POST /api/admin/jobs", "POST /api/admin/coupons"],
  ...["POST /api/admin/broadcasts/preview", "POST /api/admin/broadcasts/test"],
  ...["POST /api/admin/orders/{id}/notes", "PUT /api/admin/orders/{id}/tags", "PATCH /api/orders/{id}"],
  ...["POST /api/admin/plans", "PATCH /api/admin/plans/{id}"],
  ...["POST /api/admin/products", "PATCH /api/admin/products/{id}", "POST /api/admin/products/{id}/stock"],
].map(nameOf);

test.each(SCOPES.map((scope) => [scope]))("a key of the scope %s has its tools, and no other", async (scope) => {
  const { tools } = await (await connect([scope])).listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(namesOf([scope]));
});

test("a tool that cannot be undone does nothing without confirm: true", async () => {
  const client = await connect(SCOPES);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(namesOf(SCOPES));
  const asking = tools.filter(({ annotations }) => annotations?.destructiveHint);
  const changing = tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(({ name }) => name);
  expect(asking.map(({ name }) => name).sort()).toEqual(changing.filter((name) => !REVERSIBLE.includes(name)).sort());
  for (const { name, inputSchema } of asking) {
    expect(inputSchema.properties).toHaveProperty("confirm");
    const path = Object.keys(inputSchema.properties ?? {}).filter((field) => /^(id|code|\w+Id)$/.test(field));
    const args = Object.fromEntries(path.map((field) => [field, "x"]));
    for (const confirm of [undefined, false])
      expect([name, await call(client, name, { ...args, confirm })]).toMatchObject([
        name,
        { failed: true, errors: [{ path: "confirm", message: "must be true" }] },
      ]);
  }
});

test("tools have schemas of their arguments", async () => {
  const { tools } = await (await connect(["orders:write", "orders:read"])).listTools();
  const [list, refund] = ["get_admin_orders", "post_admin_orders_id_refund"].map((name) =>
    tools.find((tool) => tool.name === name),
  );
  expect(list?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
  expect(refund?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
  expect(refund?.inputSchema.required?.sort()).toEqual(["body", "id", "idempotencyKey"]);
  expect(refund?.inputSchema.properties).toHaveProperty("confirm");
  expect(list?.inputSchema.properties).toHaveProperty("query.properties.cursor");
});

test("an agent finds a product, orders it, follows and refunds the order", async () => {
  const productId = await shop.product(3);
  const client = await connect(["catalogue:read", "checkout", "orders:read", "orders:write"]);
  expect(await call(client, "get_products_id", { id: productId })).toMatchObject({ failed: false, id: productId });
  const body = { items: [{ productId, quantity: 1 }], email: "agent@customers.example", paymentMethod: "pm_card_visa" };
  const order = { body, idempotencyKey: "agent-1" };
  const asked = await call(client, "post_checkout", order);
  expect(asked).toMatchObject({ failed: true, errors: [{ path: "confirm", message: "must be true" }] });
  expect(await shop.stock(productId)).toMatchObject({ available: 3, reserved: 0 });
  const placed = await call(client, "post_checkout", { ...order, confirm: true });
  expect(placed).toMatchObject({ failed: false, order: { status: "pending" } });
  const again = await call(client, "post_checkout", { ...order, confirm: true });
  expect(again.order.id).toBe(placed.order.id);
  await shop.settle();
  const { id } = placed.order;
  const listed = await call(client, "get_admin_orders", { query: { q: "agent@customers.example", limit: 5 } });
  expect(listed.items).toMatchObject([{ id, status: "confirmed" }]);
  const refund = { id, idempotencyKey: "refund-1", body: { reason: "A gift" } };
  expect(await call(client, "post_admin_orders_id_refund", refund)).toMatchObject({ failed: true });
  expect(await call(client, "post_admin_orders_id_refund", { ...refund, confirm: true })).toMatchObject({
    failed: false,
  });
  await shop.settle();
  expect(await call(client, "get_orders_id", { id })).toMatchObject({ status: "refunded" });
});

test("wrong arguments are results that name the field; a tool of another scope does not exist", async () => {
  const client = await connect(["orders:read"]);
  const failures: [Record<string, unknown>, string][] = [
    [{ query: { limit: 0 } }, "limit"],
    [{ query: { colour: "red" } }, "colour"],
    [{ id: "ord_1" }, "id"],
  ];
  for (const [args, path] of failures)
    expect(await call(client, "get_admin_orders", args)).toMatchObject({
      failed: true,
      status: 422,
      errors: [{ path }],
    });
  expect(await call(client, "get_orders_id", { id: "nothing" })).toMatchObject({ failed: true, code: "not_found" });
  expect(await call(client, "get_orders_id")).toMatchObject({ failed: true, errors: [{ path: "id" }] });
  for (const name of ["get_admin_coupons", "post_mcp", "get_account", "nothing"])
    await expect(client.callTool({ name })).rejects.toThrow(/has no tool/);
});

test("a CSV file is text", async () => {
  const client = await connect(["orders:read"]);
  const { content, isError } = await client.callTool({ name: "get_admin_exports_orders_csv" });
  expect([isError, content[0]]).toMatchObject([false, { type: "text", text: expect.stringMatching(/^number,/) }]);
});

test("a call counts once against the limit of the key, and without a key there is nothing", async () => {
  await expect(connectWith("sk_".padEnd(67, "x"))).rejects.toThrow();
  expect((await shop.post("/api/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(401);
  const client = await connect(["coupons:read"], 12);
  let calls = 0;
  await expect(
    (async () => {
      for (; calls < 20; calls++) await call(client, "get_admin_coupons");
    })(),
  ).rejects.toThrow();
  expect(calls).toBeGreaterThanOrEqual(9);
  expect(calls).toBeLessThanOrEqual(12);
});
