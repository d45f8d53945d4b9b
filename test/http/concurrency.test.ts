import { afterEach, expect, test } from "vitest";
import { placedOrderSchema } from "@/lib/checkout/place-order";
import { audit, cartOf, count, customer, newProduct, post, settled, someone, sql, stockOf } from "./shop";
import { paid } from "./stripe";

afterEach(() => audit());

test("100 concurrent buyers for 10 units: 10 orders are confirmed, 90 buyers are notified, no stock is left", async () => {
  const product = await newProduct(10);
  const carts = Array.from({ length: 100 }, () => cartOf(product));
  const answers = await Promise.all(carts.map((cart) => customer.checkout(cart)));
  const placed = answers.flatMap(({ order }) => order ?? []);
  const refused = answers.flatMap(({ problem }) => problem ?? []);
  expect(refused.map(({ code }) => code)).toEqual(Array(100 - placed.length).fill("insufficient_stock"));
  await settled([product]);
  const ends = await Promise.all(placed.map((order) => customer.order(order)));
  expect(ends.filter(({ status }) => status === "confirmed")).toHaveLength(10);
  const lost = ends.filter(({ status }) => status !== "confirmed");
  expect(lost.map(({ failureReason }) => failureReason)).toEqual(Array(placed.length - 10).fill("out_of_stock"));
  expect(lost.length + refused.length).toBe(90);
  expect(await stockOf(product)).toEqual({ available: 0, reserved: 0, sold: 10 });
  expect(
    await count("payments p JOIN order_lines l USING (order_id) WHERE l.product_id = $1 AND p.captured > 0", [product]),
  ).toBe(10);
  const notified = async () =>
    (await count(
      "emails m JOIN order_lines l ON m.entity_id LIKE l.order_id || ':%' WHERE l.product_id = $1 AND m.kind = 'order_failed' AND m.status = 'sent'",
      [product],
    )) === lost.length;
  await expect.poll(notified, { timeout: 120_000, interval: 200 }).toBe(true);
});

test("one Idempotency-Key 50 times at once: one order, one payment, one response", async () => {
  const product = await newProduct(100);
  const cart = cartOf(product);
  const headers = { "idempotency-key": someone() };
  const answers = await Promise.all(Array.from({ length: 50 }, () => post("/api/checkout", cart, headers)));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(49).fill(200), 201]);
  const bodies = new Set(await Promise.all(answers.map((one) => one.text())));
  expect(bodies.size).toBe(1);
  const { order } = placedOrderSchema.parse(JSON.parse([...bodies][0] ?? ""));
  await customer.reaches(order, ["confirmed"]);
  expect(await count("orders WHERE email = $1", [cart.email])).toBe(1);
  expect(await paid(order.id)).toEqual({ times: 1, collected: 2_500 });
  expect(await stockOf(product)).toEqual({ available: 99, reserved: 0, sold: 1 });
});

test("carts with the same products in opposite order: no request fails by deadlock, and every unit is sold", async () => {
  const products = await Promise.all([6, 6, 6].map((stock) => newProduct(stock)));
  const rotated = (by: number) => products.map((_, i) => ({ productId: products[(i + by) % 3] ?? "", quantity: 1 }));
  const cart = (i: number) => cartOf("", { items: i % 2 ? rotated(i) : rotated(i).reverse() });
  const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => customer.checkout(cart(i))));
  expect(new Set(answers.map(({ status, problem }) => problem?.code ?? status))).toEqual(
    new Set(answers.some(({ problem }) => problem) ? [201, "insufficient_stock"] : [201]),
  );
  await settled(products);
  for (const product of products) expect(await stockOf(product)).toEqual({ available: 0, reserved: 0, sold: 6 });
  const confirmed = await sql(
    "SELECT order_id FROM order_lines JOIN orders o ON o.id = order_id WHERE product_id = $1 AND o.status = 'confirmed'",
    [products[0]],
  );
  expect(confirmed).toHaveLength(6);
});
