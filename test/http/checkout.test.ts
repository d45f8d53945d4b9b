import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { placedOrderSchema } from "@/lib/checkout/place-order";
import { answer, audit, cartOf, count, newProduct, post, problemOf, shop, someone, sql, stockOf } from "./shop";

afterAll(() => audit());

test("a checkout returns the order at once, with the server's price and a link to its status", async () => {
  const product = await newProduct(5, { price: 1_250 });
  const body = cartOf(product, { items: [{ productId: product, quantity: 3 }] });
  const { order } = await answer(await post("/api/checkout", body), 201, placedOrderSchema);
  expect(order).toMatchObject({ status: "pending", total: { amount: 3_750, currency: "EUR" } });
  expect(order.statusUrl).toBe(`${shop.app}/orders/${order.id}?token=${order.token}`);
});

test("the same key and body again: the same response, 200; the same key with another body: 409", async () => {
  const product = await newProduct(5);
  const cart = cartOf(product);
  const headers = { "idempotency-key": someone() };
  const first = await answer(await post("/api/checkout", cart, headers), 201, placedOrderSchema);
  expect(await answer(await post("/api/checkout", cart, headers), 200, placedOrderSchema)).toEqual(first);
  const reordered = JSON.stringify(Object.fromEntries(Object.entries(cart).reverse()), null, 2);
  expect(await answer(await post("/api/checkout", reordered, headers), 200, placedOrderSchema)).toEqual(first);
  const other = { ...cart, items: [{ productId: product, quantity: 2 }] };
  expect(await problemOf(await post("/api/checkout", other, headers), 409)).toMatchObject({
    code: "idempotency_key_reused",
  });
  expect(await count("orders WHERE email = $1", [cart.email])).toBe(1);
});

test("a refused checkout does not use its key", async () => {
  const product = await newProduct(1);
  const headers = { "idempotency-key": someone() };
  const cart = cartOf(product);
  await problemOf(await post("/api/checkout", { ...cart, items: [{ productId: product, quantity: 2 }] }, headers), 409);
  await answer(await post("/api/checkout", cart, headers), 201, placedOrderSchema);
});

test("too few units in stock: 409 with the item and the available quantity", async () => {
  const [plenty, scarce] = [await newProduct(9), await newProduct(2)];
  const items = [
    { productId: plenty, quantity: 1 },
    { productId: scarce, quantity: 3 },
  ];
  const cart = cartOf(plenty, { items });
  expect(await problemOf(await post("/api/checkout", cart), 409)).toMatchObject({
    code: "insufficient_stock",
    errors: [{ path: "items.1.quantity", message: "only 2 available" }],
  });
  expect(await count("orders WHERE email = $1", [cart.email])).toBe(0);
  expect(await stockOf(plenty)).toEqual({ available: 9, reserved: 0, sold: 0 });
});

test("ten checkouts at once are accepted; the eleventh gets 429, a replay never does", async () => {
  const product = await newProduct(50);
  const cart = cartOf(product);
  const key = someone();
  const burst = await Promise.all(
    Array.from({ length: 10 }, (_, i) => post("/api/checkout", cart, i === 0 ? { "idempotency-key": key } : {})),
  );
  expect(burst.map(({ status }) => status)).toEqual(Array(10).fill(201));
  // One is free again six seconds after the first, which is less than ten checkouts can take.
  await sql("UPDATE rate_limits SET tat = tat + interval '1 minute' WHERE key LIKE 'checkout:%'");
  const refused = await post("/api/checkout", cart);
  expect(await problemOf(refused, 429)).toMatchObject({ code: "too_many_requests" });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  for (let i = 0; i < 3; i++)
    await answer(await post("/api/checkout", cart, { "idempotency-key": key }), 200, placedOrderSchema);
  await answer(await post("/api/checkout", cartOf(product)), 201, placedOrderSchema);
  expect(await count("orders WHERE email = $1", [cart.email])).toBe(10);
});

test("the checkout in the README is accepted", async () => {
  const [, body = ""] = /api\/checkout.*?-d '(.*?)'/s.exec(readFileSync("README.md", "utf8")) ?? [];
  expect((await answer(await post("/api/checkout", body), 201, placedOrderSchema)).order.status).toBe("pending");
});
