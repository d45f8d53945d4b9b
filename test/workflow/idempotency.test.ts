import { afterEach, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

/** An Idempotency-Key belongs to the caller who has sent it. */
const shop = openShop();
afterEach(audit);

interface Answer {
  status: number;
  id: string;
  token: string;
}

async function place(key: string, body: object, who?: Operator): Promise<Answer> {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const response = who
    ? await who.post("/api/checkout", body, headers)
    : await fetch(`${shop.app}/api/checkout`, { method: "POST", headers, body: JSON.stringify(body) });
  const { order } = (await response.json()) as { order: { id: string; token: string } };
  return { status: response.status, id: order.id, token: order.token };
}

test("the same key and body of another account, or of nobody, is another order with another token", async () => {
  const [ann, bob] = [await signedIn(shop, "customer"), await signedIn(shop, "customer")];
  const items = [{ productId: await shop.product(10), quantity: 1 }];
  const body = { items, email: ann.email, paymentMethod: "pm_card_visa" };
  const first = await place("click", body, ann);
  for (const other of [await place("click", body, bob), await place("click", body)]) {
    expect(other.status).toBe(201);
    expect(other.id).not.toBe(first.id);
    expect(other.token).not.toBe(first.token);
  }
  expect(await place("click", body, ann)).toEqual({ ...first, status: 200 });
  await shop.settle();
});

test("a guest's own request is replayed; another guest's is an order of its own", async () => {
  const items = [{ productId: await shop.product(10), quantity: 1 }];
  const body = { items, email: "guest@customers.example", paymentMethod: "pm_card_visa" };
  const first = await place("retry", body);
  expect(await place("retry", body)).toEqual({ ...first, status: 200 });
  const other = await place("retry", { ...body, email: "other@customers.example" });
  expect([other.status, other.id === first.id]).toEqual([201, false]);
  const headers = { "content-type": "application/json", "idempotency-key": "retry" };
  const changed = { ...body, items: [{ ...items[0], quantity: 2 }] };
  const refused = fetch(`${shop.app}/api/checkout`, { method: "POST", headers, body: JSON.stringify(changed) });
  expect(await problem(await refused)).toMatchObject({ status: 409, code: "idempotency_key_reused" });
  await shop.settle();
});

test("keys of operators are their own too", async () => {
  const [max, mia] = [await signedIn(shop), await signedIn(shop)];
  const product = await shop.product(10);
  const adjust = (who: Operator, delta: number) =>
    who.post(`/api/admin/products/${product}/stock`, { delta, reason: "count" }, { "idempotency-key": "monday" });
  expect((await adjust(max, -1)).status).toBe(201);
  expect((await adjust(max, -1)).status).toBe(200);
  expect((await adjust(mia, -2)).status).toBe(201);
  expect(await shop.stock(product)).toMatchObject({ available: 7 });
  const placed = await shop.checkout(product);
  await shop.finish(placed);
  const refund = (who: Operator, amount: number) =>
    who.post(`/api/admin/orders/${placed.id}/refund`, { amount, reason: "x" }, { "idempotency-key": "monday" });
  expect((await refund(max, 100)).status).toBe(201);
  expect((await refund(mia, 200)).status).toBe(201);
});

const created: [what: string, path: (orderId: string) => string, body: object, other: object, table: string][] = [
  ["coupon", () => "/api/admin/coupons", { kind: "percent", percent: 10 }, { kind: "percent", percent: 20 }, "coupons"],
  [
    ...(["product", () => "/api/admin/products"] as const),
    { sku: "KEY-1", name: "Lamp", price: { amount: 100, currency: "EUR" }, stock: 3 },
    { sku: "KEY-2", name: "Lamp", price: { amount: 100, currency: "EUR" } },
    "products",
  ],
  ["note", (id) => `/api/admin/orders/${id}/notes`, { text: "Called" }, { text: "Called back" }, "notes"],
];

test.each(created)(
  "a %s is created once for each key, also by requests at the same moment",
  async (_, path, body, other, table) => {
    const manager = await signedIn(shop);
    const placed = await shop.checkout(await shop.product(1));
    await shop.settle();
    const create = (content: object, key?: string) =>
      manager.post(path(placed.id), content, key === undefined ? {} : { "idempotency-key": key });
    const rows = async () => (await shop.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0;
    const before = await rows();

    const answers = await Promise.all(Array.from({ length: 8 }, () => create(body, "lost")));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    for (const answer of bodies) expect(answer).toEqual(bodies[0]);
    expect(await rows()).toBe(before + 1);
    expect(await problem(await create(other, "lost"))).toMatchObject({ status: 409, code: "idempotency_key_reused" });
    expect((await create(other, "next")).status).toBe(201);
    expect(await rows()).toBe(before + 2);
  },
);

test("a refused request stores no key, and an order that does not exist is 404 with a key too", async () => {
  const manager = await signedIn(shop);
  const key = { "idempotency-key": "refused" };
  const coupon = { kind: "percent", percent: 10, code: "TAKEN-1" };
  expect((await manager.post("/api/admin/coupons", coupon)).status).toBe(201);
  expect(await problem(await manager.post("/api/admin/coupons", coupon, key))).toMatchObject({ code: "coupon_exists" });
  expect((await manager.post("/api/admin/coupons", { ...coupon, code: "FREE-1" }, key)).status).toBe(201);
  expect((await manager.post("/api/admin/orders/ord_nowhere/notes", { text: "x" }, key)).status).toBe(404);
});
