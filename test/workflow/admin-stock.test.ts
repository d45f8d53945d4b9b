import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

const shop = openShop();
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const mug = (sku: string, more = {}) => ({ sku, name: "Mug", price: { amount: 1_250, currency: "EUR" }, ...more });
const patch = (id: string, body: unknown) => manager.patch(`/api/admin/products/${id}`, body);
const adjust = (id: string, body: unknown, headers?: Record<string, string>) =>
  manager.post(`/api/admin/products/${id}/stock`, body, headers);
const movements = (id: string) =>
  shop.sql("SELECT delta, reason, available, by FROM stock_movements WHERE product_id = $1 ORDER BY delta DESC", [id]);

test("a product is added, sold, changed and taken off sale; the order line keeps its name and price", async () => {
  const { id } = await manager.read<{ id: string }>(
    manager.post("/api/admin/products", mug("MUG-1", { stock: 3 })),
    201,
  );
  const placed = await shop.checkout(id);
  await shop.clock.advance(MINUTE);
  expect(await manager.read(patch(id, { price: { amount: 1_500, currency: "EUR" }, active: false }))).toMatchObject({
    price: { amount: 1_500 },
    active: false,
    stock: { available: 2, reserved: 0, sold: 1, received: 3 },
  });
  expect((await fetch(`${shop.app}/api/products/${id}`)).status).toBe(404);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed", total: { amount: 1_250 } });
  const { items } = await manager.read<{ items: { id: string }[] }>(manager.get("/api/admin/products?active=false"));
  expect(items.map((item) => item.id)).toContain(id);
  expect(await manager.read(manager.post("/api/admin/products", mug("MUG-1")), 409)).toMatchObject({
    code: "sku_taken",
    errors: [{ path: "sku" }],
  });
});

test("stock is added and removed, never below zero, and who did it and why is stored", async () => {
  const { id } = await manager.read<{ id: string }>(
    manager.post("/api/admin/products", mug("MUG-2", { stock: 2 })),
    201,
  );
  expect(await manager.read(adjust(id, { delta: 5, reason: "delivery 17" }), 201)).toMatchObject({ available: 7 });
  const once = () => adjust(id, { delta: -3, reason: "broken" }, { "idempotency-key": "count" });
  const answers = await Promise.all([once(), once(), once()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  expect(await manager.read(adjust(id, { delta: -5, reason: "lost" }), 409)).toMatchObject({
    code: "insufficient_stock",
    errors: [{ path: "delta", message: "only 4 available" }],
  });
  expect(await movements(id)).toMatchObject([
    { delta: 5, reason: "delivery 17", available: 7 },
    { delta: 2, reason: "initial stock", by: manager.id },
    { delta: -3, reason: "broken", available: 4 },
  ]);
});

test("a sale and an adjustment at the same moment: stock never goes below zero, and adds up", async () => {
  const { id } = await manager.read<{ id: string }>(
    manager.post("/api/admin/products", mug("MUG-3", { stock: 1 })),
    201,
  );
  const cart = {
    items: [{ productId: id, quantity: 1 }],
    email: "race@customers.example",
    paymentMethod: "pm_card_visa",
  };
  const [, counted] = await Promise.all([shop.post("/api/checkout", cart), adjust(id, { delta: -1, reason: "lost" })]);
  await shop.clock.advance(MINUTE);
  expect([201, 409]).toContain(counted.status);
  expect(await shop.stock(id)).toEqual({ available: 0, reserved: 0, sold: counted.status === 201 ? 0 : 1 });
});

test("an invalid request is refused with the field's name, and a stranger gets 401 or 403", async () => {
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", mug("MUG-4")), 201);
  for (const [answer, path] of [
    [manager.post("/api/admin/products", mug("M", { price: { amount: -1, currency: "EUR" } })), "price.amount"],
    [manager.post("/api/admin/products", mug("M", { price: { amount: 1, currency: "euro" } })), "price.currency"],
    [manager.post("/api/admin/products", mug("M", { price: { amount: 150, currency: "ISK" } })), "price.amount"],
    [manager.post("/api/admin/products", mug("M", { stock: -1 })), "stock"],
    [manager.post("/api/admin/products", mug("M", { colour: "red" })), "colour"],
    [patch(id, { name: "" }), "name"],
    [patch(id, { sku: "OTHER" }), "sku"],
    [adjust(id, { delta: 0, reason: "x" }), "delta"],
    [adjust(id, { delta: 1e12, reason: "x" }), "delta"],
    [adjust(id, { delta: 1 }), "reason"],
    [manager.get("/api/admin/products?cursor=nonsense"), "cursor"],
    [manager.get("/api/admin/emails?status=lost"), "status"],
  ] as const)
    expect(await manager.read(answer, 422)).toMatchObject({ errors: [{ path }] });
  expect((await adjust("prod_none", { delta: 1, reason: "x" })).status).toBe(404);
  expect((await patch("prod_none", { name: "x" })).status).toBe(404);
  const customer = await signedIn(shop, "customer");
  for (const path of ["/api/admin/products", "/api/admin/emails", `/api/admin/products/${id}`]) {
    expect((await fetch(`${shop.app}${path}`)).status).toBe(401);
    expect((await customer.get(path)).status).toBe(403);
  }
});

test("the emails of an address, newest first, page by page", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  await shop.cancel(placed);
  await shop.finish(placed);
  const list = (query: string) =>
    manager.read<{ items: { kind: string; to: string }[]; nextCursor: string | null }>(
      manager.get(`/api/admin/emails?to=${placed.email.toUpperCase()}${query}`),
    );
  const { items: all } = await list("");
  const kinds = all.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["order_cancelled", "order_confirmed", "refund_made"]));
  const first = await list("&limit=2");
  const second = await list(`&limit=2&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toEqual(all.slice(0, 4));
});
