import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE } from "./shop";
import { openStorefront } from "./storefront";

/** Payments of orders that a storefront reports. */
const { shop, manager, unique, send, ordered, newOrder, confirmed, manualTask } = openStorefront();
afterEach(audit);

test("payment/completed by PayPal: the right amount confirms the order, once; a refund of it is a task", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const order = await ordered(orderId);
  const paid = { orderId, paymentId: unique("PAYPAL"), amount: 5_000, provider: "paypal" };
  await send("payment/completed", paid);
  await send("payment/completed", paid);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect((await shop.notifications(order)).filter((subject) => subject === "confirmed")).toHaveLength(1);
  expect(await shop.cancel(order)).toBe(202);
  await shop.clock.advance(30 * MINUTE);
  expect(await shop.order(order)).toMatchObject({ status: "cancelled", refunds: [{ status: "pending" }] });
  const task = await manualTask("refund", "paypal");
  expect((await manager.post(`/api/admin/manual-queue/${task}/resolve`, { action: "dismiss" })).status).toBe(200);
  await shop.clock.advance(HOUR);
  expect(await shop.order(order)).toMatchObject({ status: "cancelled", refunds: [{ status: "succeeded" }] });
  expect((await shop.notifications(order)).filter((subject) => subject === "refunded")).toHaveLength(1);
});

test("a second payment of a paid order, and a payment of another order, wait for an operator or change nothing", async () => {
  const order = await confirmed();
  const paymentId = unique("PAYPAL");
  const report = (orderId: string) =>
    send("payment/completed", { orderId, paymentId, amount: 5_000, provider: "paypal" });
  expect((await report(order.externalId)).output).toMatchObject({ outcome: "manual" });
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const first = unique("PAYPAL");
  await send("payment/completed", { orderId, paymentId: first, amount: 5_000, provider: "paypal" });
  const other = await newOrder({ paymentMethod: undefined });
  await send("order/created", other.data);
  const again = { orderId: other.orderId, paymentId: first, amount: 5_000, provider: "paypal" };
  expect((await send("payment/completed", again)).output).toMatchObject({ outcome: "known" });
  expect(await ordered(other.orderId)).toMatchObject({ status: "awaiting_payment" });
  expect((await shop.money(order.id)).collected).toBe(5_000);
});

test("an order in 3-D Secure that is paid by PayPal sells what it has reserved, and its card is not charged", async () => {
  const { orderId, productId, data } = await newOrder({ paymentMethod: "pm_card_threeDSecure2Required" });
  await shop.sql("UPDATE inventory SET available = 2, received = 2 WHERE product_id = $1", [productId]);
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(await shop.stock(productId)).toMatchObject({ available: 0, reserved: 2 });
  await send("payment/completed", { orderId, paymentId: unique("PAYPAL"), amount: 5_000, provider: "paypal" });
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(productId)).toEqual({ available: 0, reserved: 0, sold: 2 });
  expect(await shop.money(order.id)).toMatchObject({ succeeded: 0, open: 0 });
});

test("payment/completed with a wrong amount waits for an operator; the order is not confirmed", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const paymentId = unique("PAYPAL");
  await send("payment/completed", { orderId, paymentId, amount: 4_999, provider: "paypal" });
  expect(await ordered(orderId)).toMatchObject({ status: "awaiting_payment" });
  const task = await manualTask("payment", paymentId);
  expect((await manager.post(`/api/admin/manual-queue/${task}/resolve`, { action: "dismiss" })).status).toBe(200);
});

test("payment/completed by Stripe is believed only if Stripe says so", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const order = await ordered(orderId);
  const report = (paymentId: string) =>
    send("payment/completed", { orderId, paymentId, amount: 5_000, provider: "stripe" });
  expect((await report("pi_invented")).output).toMatchObject({ reason: "Stripe has no such PaymentIntent." });
  const form = {
    amount: "5000",
    currency: "eur",
    "allowed_payment_method_types[]": "card",
    payment_method: "pm_card_visa",
  };
  const intent = await shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", form);
  expect((await report(intent.id)).output).toMatchObject({ reason: expect.stringContaining("requires_confirmation") });
  expect(await ordered(orderId)).toMatchObject({ status: "awaiting_payment" });
  await shop.stripeApi("POST", `/v1/payment_intents/${intent.id}/confirm`);
  await report(intent.id);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.cancel(order)).toBe(202);
  expect(await shop.finish(order)).toMatchObject({ status: "cancelled", refunds: [{ status: "succeeded" }] });
});

test("payment/failed ends the attempt with a way to pay; payment/process charges an order that waits", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const order = await ordered(orderId);
  await send("payment/failed", { orderId, reason: "kiosk gave up" });
  expect(await shop.order(order)).toMatchObject({ status: "failed", nextAction: { type: "pay_again" } });
  expect((await shop.notifications(order)).at(-1)).toBe("failed");

  const other = await confirmed();
  const run = await send("payment/process", { orderId: other.externalId, amount: 5_000 });
  expect(run.output).toMatchObject({ orderId: other.id, outcome: "requested" });
  expect((await shop.money(other.id)).succeeded).toBe(1);
});
