import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

/** An order with nothing to pay is confirmed without Stripe. */
const shop = openShop({ env: { GIFT_PERCENT: "0" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const coupon = async (terms: Record<string, unknown>) =>
  (await manager.read<{ code: string }>(manager.post("/api/admin/coupons", terms), 201)).code;

test.each([
  ["a coupon of 100 %", { kind: "percent", percent: 100 }],
  ["a coupon of more than the price", { kind: "fixed", amount: { amount: 9_999, currency: "EUR" } }],
])("%s: the order is confirmed without Stripe, and can be cancelled", async (_what, terms) => {
  const code = await coupon(terms);
  const product = await shop.product(1);
  const before = shop.calls().stripe;
  const placed = await shop.checkout(product, { couponCode: code, paymentMethod: undefined });
  await shop.settle();
  expect(shop.calls().stripe).toBe(before);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", total: { amount: 0 } });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", refunds: [] });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "cancelled"]);
  expect(await shop.sql("SELECT 1 FROM payments WHERE order_id = $1", [placed.id])).toEqual([]);
  // The coupon is free again.
  expect((await shop.checkout(product, { couponCode: code })).id).toBeTruthy();
  await shop.settle();
});

test("cancelled before its confirmation: the run that goes on finds it cancelled, and sells nothing", async () => {
  const { confirmOrder } = await import("@/lib/orders/change-order");
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { couponCode: await coupon({ kind: "percent", percent: 100 }) });
  expect(await shop.cancel(placed)).toBe(202);
  expect(await confirmOrder(placed.id, 1)).toBe("cancelled");
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
});

test("a price of 0: the product is created, ordered, shipped like another, and cannot be refunded", async () => {
  const product = { sku: "FREE-1", name: "Sticker", price: { amount: 0, currency: "EUR" }, stock: 3 };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/products", product), 201);
  const placed = await shop.checkout(id);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  const refund = manager.post(`/api/admin/orders/${placed.id}/refund`, { reason: "x" }, { "idempotency-key": "free" });
  expect(await problem(await refund)).toMatchObject({ status: 409, code: "order_not_paid" });
  const parcel = { carrier: "DHL", trackingNumber: "1" };
  expect((await manager.post(`/api/admin/orders/${placed.id}/ship`, parcel)).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "shipped" });
});

test("a total below the minimum charge, and a missing payment method, are still refused", async () => {
  const product = await shop.product(1, 20);
  const body = { items: [{ productId: product, quantity: 1 }], email: "a@b.example" };
  expect(await problem(await shop.post("/api/checkout", { ...body, paymentMethod: "pm_card_visa" }))).toMatchObject({
    status: 422,
    fields: ["items"],
  });
  const other = { ...body, items: [{ productId: await shop.product(1), quantity: 1 }] };
  expect(await problem(await shop.post("/api/checkout", other))).toMatchObject({
    status: 422,
    fields: ["paymentMethod"],
  });
  // A coupon for all of it makes the small one possible.
  const code = await coupon({ kind: "percent", percent: 100 });
  expect((await shop.post("/api/checkout", { ...body, couponCode: code })).status).toBe(201);
  await shop.settle();
});
