import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

/** The customer's window, PAYMENT_WINDOW_MINUTES. */
const WINDOW = 30 * MINUTE;
const PAID = { collected: 2500, succeeded: 1, refunds: 0, open: 0 };
const NOTHING = { collected: 0, succeeded: 0, refunds: 0, open: 0 };

async function waiting(): Promise<{ product: string; placed: Placed }> {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "awaiting_payment", nextAction: { type: "authenticate" } });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 1, sold: 0 });
  return { product, placed };
}

test("3-D Secure passed: the order is confirmed as soon as Stripe says so", async () => {
  const { product, placed } = await waiting();
  await shop.clock.advance(2 * MINUTE);
  await shop.authenticate(placed);
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.finish(placed)).not.toHaveProperty("nextAction");
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("3-D Secure failed: the stock is freed, the customer is notified, and another card pays", async () => {
  const { product, placed } = await waiting();
  await shop.authenticate(placed, "failed");
  expect(await shop.finish(placed)).toMatchObject({ status: "failed", failureReason: "authentication_failed" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toEqual(NOTHING);
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["failed", "confirmed"]);
  expect(await shop.money(placed.id)).toEqual(PAID);
});

test("3-D Secure failed, and passed at the second attempt", async () => {
  const { placed } = await waiting();
  await shop.authenticate(placed, "failed");
  await shop.finish(placed);
  expect(await shop.pay(placed, "pm_card_authenticationRequired")).toBe(202);
  await shop.settle();
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
});

test("3-D Secure abandoned: after the window nobody can pay, the stock is freed, and the customer is notified", async () => {
  const { product, placed } = await waiting();
  const { url } = (await shop.order(placed)).nextAction ?? {};
  await shop.clock.advance(WINDOW - SECOND);
  expect(await shop.order(placed)).toMatchObject({ status: "awaiting_payment" });
  await shop.clock.advance(2 * SECOND);
  expect(await shop.order(placed)).toMatchObject({ status: "failed", failureReason: "payment_expired" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  const late = await fetch(url ?? "", { method: "POST", body: new URLSearchParams({ outcome: "succeeded" }) });
  expect(late.status).toBe(409);
  await shop.finish(placed);
  expect(await shop.money(placed.id)).toEqual(NOTHING);
  expect(await shop.notifications(placed)).toEqual(["failed"]);
});

test("3-D Secure passed in the very last second, its webhook still on its way: the order is confirmed", async () => {
  const { placed } = await waiting();
  await shop.webhooks("deliver", 10 * SECOND);
  await shop.clock.advance(WINDOW - SECOND);
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test.each([10 * SECOND, 2 * MINUTE, 20 * MINUTE])(
  "3-D Secure passed after %d ms and every webhook lost: the order is confirmed when the wait ends",
  async (after) => {
    const { placed } = await waiting();
    await shop.webhooks("drop");
    await shop.clock.advance(after);
    await shop.authenticate(placed);
    expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
    expect(await shop.money(placed.id)).toEqual(PAID);
    expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  },
);

test("3-D Secure failed and every webhook lost: the order fails when the wait ends, not with the window", async () => {
  const { placed } = await waiting();
  await shop.webhooks("drop");
  await shop.authenticate(placed, "failed");
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "failed", failureReason: "authentication_failed" });
  await shop.finish(placed);
});

test("the engine loses a waiting run: the webhook restarts the order", async () => {
  const { placed } = await waiting();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.clock.advance(MINUTE);
  await shop.authenticate(placed);
  const order = await shop.finish(placed, 10 * MINUTE);
  expect(order).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("the engine loses a waiting run and the webhook is lost: the order ends by its deadline, and a paid one is confirmed", async () => {
  const { placed } = await waiting();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.webhooks("drop");
  await shop.authenticate(placed);
  expect(await shop.finish(placed, 4 * HOUR)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});
