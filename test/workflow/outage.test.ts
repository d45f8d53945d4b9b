import { afterEach, expect, test } from "vitest";
import { audit, HASTY, HOUR, MINUTE, openShop, SECOND } from "./shop";

const shop = openShop({ env: { ...HASTY, RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const PAID = { collected: 2500, succeeded: 1, refunds: 0, open: 0 };
const after = (ms: number) => shop.clock.now() + ms;

test.each([
  ["down", { kind: "error", status: 503 }],
  ["refusing too many requests", { kind: "rate_limit" }],
])("Stripe %s for an hour: the order goes through when it is back, charged once", async (_how, fault) => {
  const product = await shop.product(1);
  await shop.fault("stripe", { ...fault, until: after(HOUR) });
  const placed = await shop.checkout(product);
  await shop.clock.advance(59 * MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 1, sold: 0 });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("Stripe down for a day: the order ends when its retries are used up, its stock is free, and nothing is ever charged", async () => {
  const product = await shop.product(1);
  await shop.fault("stripe", { kind: "error", status: 503, until: after(24 * HOUR) });
  const placed = await shop.checkout(product);
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "failed", 4 * HOUR);
  expect(await shop.order(placed)).toMatchObject({ failureReason: "payment_unavailable" });
  await shop.clock.advance(MINUTE);
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.notifications(placed)).toEqual(["failed"]);
  await audit();
  await shop.clearFaults();
  await shop.clock.advance(20 * MINUTE);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
});

test("Stripe goes down between creating the intent and confirming it, for a day: nothing stays open at Stripe", async () => {
  const product = await shop.product(1);
  await shop.fault("stripe", { kind: "error", status: 503, until: after(24 * HOUR), after: 1 });
  const placed = await shop.checkout(product);
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "failed", 4 * HOUR);
  await shop.clock.advance(MINUTE);
  await shop.clearFaults();
  await shop.clock.advance(30 * MINUTE);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
});

test("Stripe confirms but its answer is lost, and it is down for a day then: the money comes back when it does", async () => {
  const product = await shop.product(1);
  await shop.webhooks("drop");
  await shop.fault("stripe", { kind: "answer_lost", after: 1 });
  await shop.fault("stripe", { kind: "error", status: 503, until: after(24 * HOUR), after: 1 });
  const placed = await shop.checkout(product);
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "failed", 4 * HOUR);
  await shop.clearFaults();
  const order = await shop.finish(placed);
  const money = await shop.money(placed.id);
  expect(order.status).toBe("failed");
  expect(money).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect(await shop.notifications(placed)).toEqual(["failed", "refunded"]);
});

const FAULTS = {
  "a 500 that Stripe repeats under the same key": { kind: "error", status: 500 },
  "an outage that never reached the endpoint": { kind: "error", status: 502 },
  "an answer that is lost": { kind: "answer_lost" },
  "a connection that breaks": { kind: "reset" },
  "a call that is never answered": { kind: "timeout" },
  "too many requests": { kind: "rate_limit" },
};

test.each(
  Object.entries(FAULTS).flatMap(([name, fault]) =>
    // The second call is the one that charges.
    [
      [0, 1],
      [1, 3],
    ].map(([call = 0, times = 0]) => [name, call + 1, times, { ...fault, after: call, times }] as const),
  ),
)("%s, at Stripe call %d, %d times: one charge, and the order is confirmed", async (_name, _call, _times, fault) => {
  const product = await shop.product(1);
  await shop.fault("stripe", { ...fault, path: "/v1/payment_intents" });
  const placed = await shop.checkout(product);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  // An intent whose creation Stripe did not own up to is closed a quarter of an hour later.
  await shop.clock.runUntil(async () => (await shop.money(placed.id)).open === 0, 30 * MINUTE);
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test.each(Object.entries(FAULTS))("a refund that meets %s is made once, and notified once", async (_name, fault) => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.settle();
  await shop.fault("stripe", { ...fault, times: 2, path: "/v1/refunds", method: "POST" });
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", refunds: [{ status: "succeeded" }] });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "refunded"]);
});

test("the order's window to pay starts when Stripe is back, not when the order was placed", async () => {
  await shop.fault("stripe", { kind: "error", status: 503, until: after(HOUR) });
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "awaiting_payment", 3 * HOUR);
  await shop.clock.advance(29 * MINUTE + 50 * SECOND);
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
});

test("a new version asks Stripe for other parameters than the old one did, whose answer was lost: one charge", async () => {
  await shop.fault("stripe", { kind: "answer_lost", times: 2 });
  const placed = await shop.checkout(await shop.product(1));
  await shop.settle();
  // The order's number stands in the description, which is as good as what a deployment would change.
  await shop.sql("UPDATE orders SET number = number + 1000000 WHERE id = $1", [placed.id]);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  await shop.clock.runUntil(async () => (await shop.money(placed.id)).open === 0, 30 * MINUTE);
  expect(await shop.money(placed.id)).toEqual(PAID);
});
