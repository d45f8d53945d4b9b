import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** What is refunded, or is about to be, is not shipped; an order ends when each item is shipped, cancelled or refunded. */
const shop = openShop();
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

let count = 0;
const ship = (placed: Placed, items?: { productId: string; quantity: number }[]) =>
  manager.post(`/api/admin/orders/${placed.id}/ship`, { carrier: "DHL", trackingNumber: `T${++count}`, items });
const refund = (placed: Placed, body: Record<string, unknown> = {}) =>
  manager.post(
    `/api/admin/orders/${placed.id}/refund`,
    { reason: "Broken", ...body },
    { "idempotency-key": `refund-${++count}` },
  );

async function confirmed(lines: { price: number; quantity: number }[]): Promise<Placed & { products: string[] }> {
  const items: { productId: string; quantity: number }[] = [];
  for (const { price, quantity } of lines) items.push({ productId: await shop.product(5, price), quantity });
  const placed = await shop.checkout(items[0]?.productId ?? "", { items });
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  return { ...placed, products: items.map(({ productId }) => productId) };
}

test("a pending full refund stops the shipment, also while Stripe is down, and after the bank has returned it", async () => {
  const placed = await confirmed([{ price: 2_500, quantity: 2 }]);
  await shop.fault("stripe", { kind: "error", status: 503, path: "/v1/refunds", until: shop.clock.now() + HOUR / 4 });
  expect((await refund(placed)).status).toBe(201);
  await shop.settle();
  expect(await problem(await ship(placed))).toMatchObject({ status: 409, code: "order_not_shippable" });
  await shop.clearFaults();
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await problem(await ship(placed))).toMatchObject({ status: 409, code: "order_not_shippable" });
});

test("one of two lines is refunded: only the other one ships, and then the order ends", async () => {
  const placed = await confirmed([
    { price: 2_500, quantity: 1 },
    { price: 4_000, quantity: 1 },
  ]);
  const [a = "", b = ""] = placed.products;
  expect((await refund(placed, { amount: 4_000 })).status).toBe(201);
  expect(await problem(await ship(placed, [{ productId: b, quantity: 1 }]))).toMatchObject({
    status: 409,
    code: "order_not_shippable",
  });
  const shipped = await manager.read<{ status: string; shipment: { items: unknown[] } }>(ship(placed), 201);
  expect(shipped).toMatchObject({ status: "shipped", shipment: { items: [{ productId: a, quantity: 1 }] } });
  await shop.clock.advance(MINUTE);
  await manager.post(`/api/admin/orders/${placed.id}/deliver`, {});
  expect(await shop.finish(placed)).toMatchObject({ status: "delivered", refunds: [{ status: "succeeded" }] });
});

test.each([
  ["by its amount", { amount: 1_000 }],
  ["by name", (productId: string) => ({ items: [{ productId, quantity: 1 }] })],
])(
  "partly shipped, and the rest is refunded %s: the order ends, and the refunded piece cannot be shipped",
  async (_name, body) => {
    const placed = await confirmed([{ price: 1_000, quantity: 3 }]);
    const [a = ""] = placed.products;
    await manager.read(ship(placed, [{ productId: a, quantity: 2 }]), 201);
    const answer = await refund(placed, typeof body === "function" ? body(a) : body);
    expect(await answer.json()).toMatchObject({ amount: { amount: 1_000 } });
    expect(await problem(await ship(placed))).toMatchObject({ status: 409, code: "order_not_shippable" });
    expect(await shop.finish(placed)).toMatchObject({ status: "shipped", shipment: { complete: true } });
  },
);

test("a goodwill refund stops no shipment", async () => {
  const placed = await confirmed([{ price: 1_000, quantity: 2 }]);
  expect((await refund(placed, { amount: 1_000, items: [] })).status).toBe(201);
  expect((await refund(placed, { amount: 333 })).status).toBe(201);
  expect(await manager.read(ship(placed), 201)).toMatchObject({ status: "shipped" });
  await shop.finish(placed);
});

test("refunded in Stripe's dashboard for the price of a piece: it cannot be shipped", async () => {
  const placed = await confirmed([{ price: 1_000, quantity: 2 }]);
  const [intent] = await shop.intents(placed.id);
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "", amount: "1000" });
  await shop.settle();
  const [a = ""] = placed.products;
  expect(await problem(await ship(placed, [{ productId: a, quantity: 2 }]))).toMatchObject({ status: 409 });
  expect(await manager.read(ship(placed), 201)).toMatchObject({ shipment: { items: [{ productId: a, quantity: 1 }] } });
  await shop.finish(placed);
});

test("cancel works for what is left of a partly shipped order: stock and price come back, and the order ends", async () => {
  const placed = await confirmed([
    { price: 1_000, quantity: 3 },
    { price: 700, quantity: 2 },
  ]);
  const [a = "", b = ""] = placed.products;
  await manager.read(ship(placed, [{ productId: a, quantity: 1 }]), 201);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.stock(a)).toEqual({ available: 4, reserved: 0, sold: 1 });
  expect(await shop.stock(b)).toEqual({ available: 5, reserved: 0, sold: 0 });
  expect(await shop.finish(placed)).toMatchObject({
    ...{ status: "shipped", cancellable: false, shipment: { complete: true } },
    refunds: [{ amount: { amount: 3_400 }, status: "succeeded" }],
  });
  expect(await problem(await ship(placed))).toMatchObject({ status: 409, code: "order_not_shippable" });
  expect(await shop.cancel(placed)).toBe(409);
  await manager.post(`/api/admin/orders/${placed.id}/deliver`, {});
  expect(await shop.finish(placed)).toMatchObject({ status: "delivered" });
});

test.each([
  ["and is back in stock", { restock: true }, { available: 5, reserved: 0, sold: 1 }],
  ["and is not back in stock", {}, { available: 4, reserved: 0, sold: 1 }],
])(
  "a piece is refunded before it ships %s: a cancellation of the order returns only the others",
  async (_name, more, stock) => {
    const placed = await confirmed([{ price: 1_000, quantity: 3 }]);
    const [productId = ""] = placed.products;
    expect((await refund(placed, { items: [{ productId, quantity: 1 }], ...more })).status).toBe(201);
    await shop.settle();
    expect(await shop.cancel(placed)).toBe(202);
    expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
    expect(await shop.stock(productId)).toEqual(stock);
  },
);

test("two operators refund the same piece: it is paid back and restocked once, and the other piece still ships", async () => {
  const placed = await confirmed([
    { price: 1_000, quantity: 1 },
    { price: 1_000, quantity: 1 },
  ]);
  const [productId = "", other = ""] = placed.products;
  const body = { items: [{ productId, quantity: 1 }], restock: true };
  const answers = await Promise.all([refund(placed, body), refund(placed, body)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  for (const answer of answers)
    if (answer.status === 422) expect(await problem(answer)).toMatchObject({ fields: ["items.0"] });
  expect(await shop.stock(productId)).toEqual({ available: 5, reserved: 0, sold: 1 });
  expect(await manager.read(ship(placed), 201)).toMatchObject({ shipment: { items: [{ productId: other }] } });
  expect(await shop.finish(placed)).toMatchObject({ refunds: [{ amount: { amount: 1_000 } }] });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 1_000, refunds: 1 });
});

test("each piece of an order with a coupon is refunded by itself: no cent is left, and the order is refunded", async () => {
  const items: { productId: string; quantity: number }[] = [];
  for (let line = 0; line < 3; line++) items.push({ productId: await shop.product(1, 1_000), quantity: 1 });
  const coupon = { kind: "fixed", amount: { amount: 1_001, currency: "EUR" } };
  const { code } = await manager.read<{ code: string }>(manager.post("/api/admin/coupons", coupon), 201);
  const placed = await shop.checkout("", { items, couponCode: code });
  await shop.clock.advance(MINUTE);
  for (const item of items) {
    expect((await refund(placed, { items: [item] })).status).toBe(201);
    await shop.clock.advance(MINUTE);
  }
  expect(await shop.order(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, refunds: 3 });
  await shop.finish(placed);
});

test("a piece that was refunded or cancelled before it shipped is not refunded and put back into stock again", async () => {
  const placed = await confirmed([
    { price: 1_000, quantity: 2 },
    { price: 9_000, quantity: 1 },
  ]);
  const [productId = "", other = ""] = placed.products;
  const restocked = (quantity: number) => refund(placed, { items: [{ productId, quantity }], restock: true });
  expect((await restocked(1)).status).toBe(201);
  expect(await problem(await restocked(2))).toMatchObject({ status: 422, fields: ["items.0"] });
  await manager.read(ship(placed, [{ productId: other, quantity: 1 }]), 201);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await problem(await restocked(1))).toMatchObject({ status: 422, fields: ["items.0"] });
  expect(await shop.finish(placed)).toMatchObject({ status: "shipped" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 9_000, refunds: 2 });
  expect((await shop.stock(productId)).available).toBe(5);
});

test("cancel and ship at once: each piece is shipped or cancelled, never both", async () => {
  const placed = await confirmed([{ price: 1_000, quantity: 3 }]);
  const [productId = ""] = placed.products;
  await manager.read(ship(placed, [{ productId, quantity: 1 }]), 201);
  const [shipped, cancelled] = await Promise.all([
    ship(placed, [{ productId, quantity: 1 }]).then(({ status }) => status),
    shop.cancel(placed),
  ]);
  expect(cancelled).toBe(202);
  const order = await shop.finish(placed);
  expect(order).toMatchObject({
    status: "shipped",
    refunds: [{ amount: { amount: shipped === 201 ? 1_000 : 2_000 } }],
  });
});

const ISK = (amount: number) => ({ amount, currency: "ISK" });

/** Three pieces of ISK 1,000 for ISK 2,900, so one piece costs ISK 966.66, and Stripe refuses decimal places in ISK. */
async function confirmedInKronur() {
  const product = { sku: `LOPI-${++count}`, name: "Lopapeysa", price: ISK(100_000), stock: 3 };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", product), 201);
  const terms = { kind: "fixed", amount: ISK(10_000) };
  const coupon = await manager.read<{ code: string }>(manager.post("/api/admin/coupons", terms), 201);
  const items = [{ productId: id, quantity: 3 }];
  const placed = await shop.checkout(id, { items, couponCode: coupon.code });
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed", total: ISK(290_000) });
  return { placed, id };
}
const refundsOf = async (placed: Placed) =>
  (await shop.finish(placed)).refunds.map(({ status, amount }) => [status, amount.amount]).sort();

test("the rest of a partly shipped order with a discount is cancelled in ISK: the refund has no decimal places", async () => {
  const { placed, id } = await confirmedInKronur();
  await manager.read(ship(placed, [{ productId: id, quantity: 1 }]), 201);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await refundsOf(placed)).toEqual([["succeeded", 193_300]]);
});

test("pieces of a discounted order in ISK are refunded by name, by their amount and as the rest", async () => {
  const { placed, id } = await confirmedInKronur();
  expect((await refund(placed, { items: [{ productId: id, quantity: 1 }] })).status).toBe(201);
  expect((await refund(placed, { amount: 96_600 })).status).toBe(201);
  expect(await problem(await ship(placed, [{ productId: id, quantity: 2 }]))).toMatchObject({ status: 409 });
  expect((await refund(placed, {})).status).toBe(201);
  expect(await refundsOf(placed)).toEqual([
    ["succeeded", 96_600],
    ["succeeded", 96_600],
    ["succeeded", 96_800],
  ]);
  expect(await shop.order(placed)).toMatchObject({ status: "refunded" });
});

test("a refund of items for which nothing was paid is refused", async () => {
  const placed = await confirmed([
    { price: 1_000, quantity: 1 },
    { price: 0, quantity: 1 },
  ]);
  const [, free = ""] = placed.products;
  expect(await problem(await refund(placed, { items: [{ productId: free, quantity: 1 }] }))).toEqual({
    ...{ status: 422, code: "validation_failed", fields: ["items"] },
  });
});
