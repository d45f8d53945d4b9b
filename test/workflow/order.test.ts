import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop, SECOND } from "./shop";

const shop = openShop();
afterEach(audit);

test("a paid order is confirmed, its stock is sold, and one email is sent ten seconds later", async () => {
  const product = await shop.product(3);
  const placed = await shop.checkout(product);
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(product)).toEqual({ available: 2, reserved: 0, sold: 1 });
  expect(await shop.money(placed.id)).toEqual({ collected: 2500, succeeded: 1, refunds: 0, open: 0 });
  await shop.clock.advance(9 * SECOND);
  expect(await shop.notifications(placed)).toEqual([]);
  await shop.clock.advance(2 * SECOND);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test.each([
  ["a PaymentIntent that Stripe creates and answers with 500", "stripe", { path: "/v1/payment_intents" }],
  ["a charge that Stripe makes and answers with 500", "stripe", { path: "/v1/payment_intents", after: 1 }],
  ["an email that is sent and answered with 500", "mailbox", { path: "/emails" }],
] as const)("%s is made once", async (_what, server, fault) => {
  await shop.fault(server, { ...fault, kind: "applied_error" });
  const placed = await shop.checkout(await shop.product(1));
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 2_500, succeeded: 1 });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  // A PaymentIntent whose creation was answered with 500 is cancelled by a sweep.
  await shop.clock.runUntil(async () => (await shop.money(placed.id)).open === 0, 26 * HOUR);
});

test("a cart that is out of stock is refused at checkout with the item's name, and nothing is stored", async () => {
  const product = await shop.product(1);
  const [before] = await shop.sql("SELECT count(*) FROM orders");
  const items = [{ productId: product, quantity: 2 }];
  const response = await shop.post("/api/checkout", { items, email: "a@customers.example", paymentMethod: "pm_x" });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    code: "insufficient_stock",
    errors: [{ path: "items.0.quantity", message: "only 1 available" }],
  });
  expect(await shop.sql("SELECT count(*) FROM orders")).toEqual([before]);
});

test("two buyers of the last item: one is confirmed, the other gets a sold-out email and is never charged", async () => {
  const product = await shop.product(1);
  const orders = await Promise.all([shop.checkout(product), shop.checkout(product)]);
  await shop.clock.advance(MINUTE);
  const states = await Promise.all(orders.map(shop.order));
  expect(states.map(({ status }) => status).sort()).toEqual(["confirmed", "failed"]);
  const lost = states.findIndex(({ status }) => status === "failed");
  const loser = orders[lost] ?? expect.fail();
  expect(states[lost]).toMatchObject({ failureReason: "out_of_stock" });
  expect(states[lost]?.nextAction).toBeUndefined();
  expect(await shop.money(loser.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
  expect(await shop.notifications(loser)).toEqual(["failed"]);
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("P1: crossed carts of scarce goods sell exactly the stock, and nothing stays reserved", async () => {
  const [a, b] = [await shop.product(4), await shop.product(4)];
  const cart = (first: string, second: string) => [
    { productId: first, quantity: 1 },
    { productId: second, quantity: 1 },
  ];
  const orders = await Promise.all(
    Array.from({ length: 10 }, (_, i) => shop.checkout(a, { items: i % 2 ? cart(a, b) : cart(b, a) })),
  );
  await shop.clock.advance(MINUTE);
  const states = (await Promise.all(orders.map(shop.order))).map(({ status }) => status);
  expect(states.filter((status) => status === "confirmed")).toHaveLength(4);
  expect(states.filter((status) => status === "failed")).toHaveLength(6);
  for (const product of [a, b]) expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 4 });
});

test("P2: one Idempotency-Key, thirty times at once: one order, one charge, one answer", async () => {
  const product = await shop.product(50);
  const body = JSON.stringify({
    items: [{ productId: product, quantity: 1 }],
    email: "double@customers.example",
    paymentMethod: "pm_card_visa",
  });
  const headers = { "content-type": "application/json", "idempotency-key": "click" };
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => fetch(`${shop.app}/api/checkout`, { method: "POST", headers, body })),
  );
  const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(29).fill(200), 201]);
  expect(bodies.size).toBe(1);
  const { order } = JSON.parse([...bodies][0] ?? "") as { order: { id: string } };
  await shop.clock.advance(MINUTE);
  expect(await shop.money(order.id)).toMatchObject({ collected: 2500, succeeded: 1 });
  expect(await shop.stock(product)).toMatchObject({ sold: 1 });
  const other = body.replace("pm_card_visa", "pm_card_mastercard");
  const reused = await fetch(`${shop.app}/api/checkout`, { method: "POST", headers, body: other });
  expect(reused.status).toBe(409);
  expect(await reused.json()).toMatchObject({ code: "idempotency_key_reused" });
});
