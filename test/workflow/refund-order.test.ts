import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, openShop, type Placed, SECOND } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

let keys = 0;
const refund = (placed: Placed, body: Record<string, unknown>, key = `key-${++keys}`, who = manager) =>
  who.post(`/api/admin/orders/${placed.id}/refund`, { reason: "Broken", ...body }, { "idempotency-key": key });

async function paid(paymentMethod = "pm_card_visa"): Promise<Placed & { intent: string; product: string }> {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  const [intent] = await shop.intents(placed.id);
  return { ...placed, product, intent: intent?.id ?? expect.fail() };
}

const books = async (placed: Placed) =>
  (await shop.sql("SELECT captured, refunded FROM payments WHERE order_id = $1", [placed.id]))[0];

test("full refund: stored at once, refunded once, one email, the order is refunded", async () => {
  const placed = await paid();
  const response = await refund(placed, {});
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({
    ...{ orderId: placed.id, amount: { amount: 2500, currency: "EUR" }, status: "pending", reason: "Broken" },
  });
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "refunded", refunds: [{ status: "succeeded", reason: "Broken" }] });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "refunded"]);
  // What comes back is counted when it is there.
  expect(await shop.stock(placed.product)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("refunded in full while the email provider is down: the confirmation that waits is not sent", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + HOUR });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(30 * SECOND);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect((await refund(placed, {})).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.notifications(placed)).toEqual(["refunded"]);
});

test("a partial refund whose answer is lost twice is made once", async () => {
  const placed = await paid();
  // No webhook reports the first refund before the call is repeated.
  await shop.webhooks("drop");
  await shop.fault("stripe", { kind: "answer_lost", times: 2, path: "/v1/refunds", method: "POST" });
  expect((await refund(placed, { amount: 1000 })).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", refunds: [{ status: "succeeded" }] });
  expect(await shop.money(placed.id)).toEqual({ collected: 1500, succeeded: 1, refunds: 1, open: 0 });
});

test("partial refunds: the order stays confirmed until everything is refunded", async () => {
  const placed = await paid();
  expect((await refund(placed, { amount: 1000, currency: "EUR" })).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", total: { amount: 2500 } });
  expect((await refund(placed, { amount: 500 })).status).toBe(201);
  expect((await refund(placed, {})).status).toBe(201);
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 3, open: 0 });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "refunded", "refunded", "refunded"]);
});

test("P6: ten refunds of 500 at once out of 2500: five succeed, five are refused with the amount", async () => {
  const placed = await paid();
  const answers = await Promise.all(Array.from({ length: 10 }, () => refund(placed, { amount: 500 })));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(201), ...Array(5).fill(409)]);
  for (const answer of answers.filter(({ status }) => status === 409))
    expect(await problem(answer)).toEqual({ status: 409, code: "nothing_to_refund", fields: ["amount"] });
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
});

test("the same key ten times at once is one refund and one answer; with another body it is refused", async () => {
  const placed = await paid();
  const answers = await Promise.all(Array.from({ length: 10 }, () => refund(placed, { amount: 700 }, "click")));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
  expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  expect(await problem(await refund(placed, { amount: 800 }, "click"))).toMatchObject({
    status: 409,
    code: "idempotency_key_reused",
  });
  await shop.finish(placed);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 700 });
});

test.each([
  [{ amount: 0 }, 422, "amount"],
  [{ amount: -100 }, 422, "amount"],
  [{ amount: 12.5 }, 422, "amount"],
  [{ amount: "1000" }, 422, "amount"],
  [{ amount: 1e12 }, 422, "amount"],
  [{ amount: 2501 }, 409, "amount"],
  [{ amount: 1000, currency: "USD" }, 422, "currency"],
  [{ currency: "euro" }, 422, "currency"],
  [{ reason: " " }, 422, "reason"],
  [{ restock: true }, 422, "restock"],
])("%j is refused with the field's name, and nothing is stored", async (body, status, field) => {
  const placed = (await theOrder) ?? expect.fail();
  expect(await problem(await refund(placed, body))).toMatchObject({ status, fields: [field] });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 0 });
});
let theOrder: Promise<Placed> | undefined;
beforeAll(() => {
  theOrder = paid();
  return theOrder;
});

test("only managers refund; a key is required; the order must exist and be paid", async () => {
  const placed = (await theOrder) ?? expect.fail();
  const path = `/api/admin/orders/${placed.id}/refund`;
  expect(await problem(await shop.post(path, { reason: "x" }))).toMatchObject({ status: 401 });
  expect(await problem(await refund(placed, {}, "k", await signedIn(shop, "customer")))).toMatchObject({ status: 403 });
  expect(await problem(await manager.post(path, { reason: "x" }))).toMatchObject({
    status: 422,
    fields: ["Idempotency-Key"],
  });
  expect(await problem(await refund({ ...placed, id: "ord_none" }, {}))).toMatchObject({ status: 404 });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 0 });

  const declined = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  expect(await problem(await refund(declined, {}))).toMatchObject({ status: 409, code: "order_not_paid" });
  await shop.finish(declined);
  expect(await problem(await refund(declined, {}))).toEqual({ status: 409, code: "order_not_paid", fields: ["id"] });
});

test("P6: our refund and one in Stripe's dashboard at once: never more than was captured, and the amounts agree", async () => {
  const placed = await paid();
  await shop.webhooks("hold");
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: placed.intent, amount: "1500" });
  // 2000 of ours do not fit beside 1500: Stripe refuses them, and the rest goes instead.
  expect((await refund(placed, { amount: 2000 })).status).toBe(201);
  await shop.settle();
  await shop.webhooks("deliver");
  await shop.flush({ duplicate: true });
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 2, open: 0 });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
});

test("full refund in the dashboard while ours is pending: one refund, one email", async () => {
  const placed = await paid();
  await shop.fault("stripe", { kind: "error", status: 503, path: "/v1/refunds", until: shop.clock.now() + HOUR / 2 });
  expect((await refund(placed, {})).status).toBe(201);
  await shop.settle();
  await shop.clearFaults();
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: placed.intent });
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "refunded"]);
});

test("a refund that takes Stripe an hour: the customer is notified when it succeeds", async () => {
  const placed = await paid("pm_card_pendingRefund");
  await refund(placed, {});
  await shop.clock.advance(HOUR / 2);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed", refunds: [{ status: "pending" }] });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded", refunds: [{ status: "succeeded" }] });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "refunded"]);
});

test("a refund that the bank sends back: the order gets its old status, an alert is raised, and it can be repeated", async () => {
  const placed = await paid("pm_card_refundFail");
  await refund(placed, {});
  await shop.clock.advance(HOUR / 2);
  expect(await shop.order(placed)).toMatchObject({ status: "refunded" });
  await shop.clock.advance(HOUR);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed", refunds: [{ status: "failed" }] });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 0 });
  const alerts = (await shop.emails("operators@steadfast.example")).filter(({ subject }) =>
    /was refused/.test(subject),
  );
  expect(alerts).toHaveLength(1);
  expect((await refund(placed, { amount: 100 })).status).toBe(201);
  await shop.finish(placed);
});
