import { afterEach, expect, test } from "vitest";
import { newSubscriber } from "./billing-shop";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, SECOND } from "./shop";
import { openStorefront } from "./storefront";

/** Payments of orders that a storefront reports. */
const { shop, manager, unique, send, post, ordered, newOrder, confirmed, manualTask, withSavedCard } = openStorefront();
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

test("an operator sees the runs of every event about an order, also those that started it again", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: "pm_card_threeDSecure2Required" });
  await send("order/created", data);
  const order = await ordered(orderId);
  await shop.authenticate(order);
  // The engine loses the run that would continue. A sweep starts another one.
  expect(await shop.loseRuns()).toBeGreaterThan(0);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  await send("order/created", { orderId }, { id: "repeated" });
  await send("payment/process", { orderId, amount: 5_000 }, { id: "charge" });
  expect(await shop.cancel(order)).toBe(202);
  await shop.clock.advance(MINUTE);
  const { runs } = await manager.read<{ runs: { event: string; url: string }[] }>(
    manager.get(`/api/admin/orders/${order.id}`),
  );
  const about = runs.map(({ event, url }) => {
    const [, id = ""] = /event\.id == "([^"]+)"/.exec(new URL(url).searchParams.get("search") ?? "") ?? [];
    return `${event} ${id.replace(order.id, "ORDER").replace(/(?<=again:).*|ref_\w+|evt_\w+/, "…")}`;
  });
  expect(new Set(about)).toEqual(
    new Set([
      "order/created order-created:ORDER",
      "order/created order-created:ORDER:again:…",
      "order/created order-created:ORDER:event:repeated",
      "payment/completed payment-completed:ORDER:1:succeeded",
      "payment/process payment-process:ORDER:event:charge",
      "order/confirmed order-confirmed:ORDER",
      "order/cancelled order-cancelled:ORDER",
      "refund/requested refund-requested:…",
      "refund/succeeded refund-succeeded:…",
    ]),
  );
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
  const resolve = (action: string) => manager.post(`/api/admin/manual-queue/${task}/resolve`, { action });
  expect(await problem(await resolve("resume"))).toMatchObject({ status: 409, code: "not_resumable" });
  expect((await resolve("dismiss")).status).toBe(200);
  // It has been paid back, so it is not paid back again when it is reported once more.
  const again = { orderId, paymentId, amount: 4_999, provider: "paypal", note: "again" };
  expect((await send("payment/completed", again)).output).toMatchObject({ outcome: "manual" });
  expect(await manualTask("payment", paymentId)).toBeUndefined();
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

test("payment/completed by Stripe about money that is refunded, or that pays a subscription, confirms no order", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const report = (paymentId: string) =>
    send("payment/completed", { orderId, paymentId, amount: 5_000, provider: "stripe" });
  const intent = await shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", {
    ...{ amount: "5000", currency: "eur", "allowed_payment_method_types[]": "card", payment_method: "pm_card_visa" },
  });
  await shop.stripeApi("POST", `/v1/payment_intents/${intent.id}/confirm`);
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent.id });
  expect((await report(intent.id)).output).toMatchObject({ reason: "The PaymentIntent is refunded at Stripe." });

  const price = { amount: 5_000, currency: "EUR" };
  await manager.read(
    manager.post("/api/admin/plans", { id: "plan_fifty", name: "Fifty", price, interval: "year" }),
    201,
  );
  const subscriber = await newSubscriber(shop);
  expect((await subscriber.subscribe("pm_card_visa", "plan_fifty")).status).toBe(201);
  await shop.settle();
  const [charge] = await shop.sql<{ id: string }>(
    "SELECT c.intent_id AS id FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1",
    [subscriber.id],
  );
  expect((await report(charge?.id ?? "")).output).toMatchObject({ reason: "The PaymentIntent pays a subscription." });
  expect(await ordered(orderId)).toMatchObject({ status: "awaiting_payment" });
});

test("payment/failed ends the attempt with a way to pay, and its reason is in the timeline", async () => {
  const { order } = await waiting();
  await send("payment/failed", { orderId: order.id, reason: "kiosk gave up" });
  expect(await shop.order(order)).toMatchObject({ status: "failed", nextAction: { type: "pay_again" } });
  expect((await shop.notifications(order)).at(-1)).toBe("failed");
  const [entry] = await shop.sql("SELECT data FROM order_events WHERE order_id = $1 AND type = 'order_failed'", [
    order.id,
  ]);
  expect(entry).toEqual({ data: { reason: "payment_declined", storefront: "kiosk gave up" } });
});

/** An order that waits for its customer to pay. */
async function waiting(more: Record<string, unknown> = {}) {
  const { orderId, productId, data } = await newOrder({ paymentMethod: undefined, ...more });
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(order.status).toBe("awaiting_payment");
  return { orderId, productId, order, data };
}

test("payment/process charges an order that waits to the saved card of its customer, once", async () => {
  const customer = await withSavedCard();
  const { orderId, order } = await waiting({ email: customer.email });
  const request = { orderId, amount: 5_000, customerId: customer.id };
  expect((await send("payment/process", request)).output).toEqual({ orderId: order.id, outcome: "requested" });
  await send("payment/process", request);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(order.id)).toMatchObject({ succeeded: 1, collected: 5_000 });
  const charged = (await shop.intents(order.id)).find(({ status }) => status === "succeeded");
  expect(charged).toMatchObject({ customer: expect.stringMatching(/^cus_/) });
});

test("payment/process of an order that is just being taken in waits for it", async () => {
  const customer = await withSavedCard();
  const { orderId, order } = await waiting({ email: customer.email });
  const setStatus = (status: string) =>
    shop.sql("UPDATE orders SET status = $2::order_status WHERE id = $1", [order.id, status]);
  await setStatus("pending");
  await post("payment/process", { orderId, customerId: customer.id }, { wait: SECOND });
  await setStatus("awaiting_payment");
  await shop.clock.advance(5 * MINUTE);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(order.id)).toMatchObject({ succeeded: 1, collected: 5_000 });
});

test.each<[string, { customerId?: true; amount?: number }, string]>([
  ["of a customer without a saved card", {}, "saved card"],
  ["to another customer", { customerId: true }, "data.customerId"],
  ["at another amount", { amount: 4_999 }, "requested"],
])("payment/process %s charges nothing and reserves nothing", async (_what, { customerId, ...change }, why) => {
  const { orderId, productId, order } = await waiting();
  const other = customerId && { customerId: (await withSavedCard()).id };
  const run = await send("payment/process", { orderId, amount: 5_000, ...change, ...other });
  expect(JSON.stringify(run.output)).toContain(why);
  expect(await ordered(orderId)).toMatchObject({ status: "awaiting_payment" });
  expect(await shop.stock(productId)).toMatchObject({ available: 5, reserved: 0 });
  expect(await shop.intents(order.id)).toEqual([]);
  // It is asked for again by an operator's event, which finds no payment method either.
  const own = { purpose: "order", id: order.id, amount: 5_000, currency: "EUR" };
  await post("payment/process", own, {});
  expect(await shop.stock(productId)).toMatchObject({ available: 5, reserved: 0 });
});

test("payment/process of a paid order charges nothing", async () => {
  const order = await confirmed();
  const run = await send("payment/process", { orderId: order.externalId, amount: 5_000 });
  expect(run.output).toMatchObject({ orderId: order.id, outcome: "requested" });
  expect((await shop.money(order.id)).succeeded).toBe(1);
});

test("payment/completed with the order's id alone reads the shop's own payment at Stripe", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: "pm_card_threeDSecure2Required" });
  await send("order/created", data);
  const order = await ordered(orderId);
  expect((await send("payment/completed", { orderId })).output).toMatchObject({ outcome: "requires_action" });
  await shop.authenticate(order);
  expect((await send("payment/completed", { orderId })).output).toMatchObject({ outcome: "succeeded" });
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  const { order: linked } = await waiting();
  expect((await send("payment/completed", { orderId: linked.id })).output).toMatchObject({
    reason: "The shop has no payment of this order at Stripe.",
  });
});
