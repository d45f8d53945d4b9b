import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

const shop = openShop();
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const NOTHING = { collected: 0, succeeded: 0, refunds: 0, open: 0 };

async function expectCancelled(placed: Placed, product: string): Promise<void> {
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", failureReason: "customer" });
  expect(await shop.stock(product)).toMatchObject({ reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, open: 0 });
  expect(await shop.notifications(placed)).not.toContain("failed");
  expect((await shop.notifications(placed)).filter((kind) => kind === "cancelled")).toHaveLength(1);
}

test("cancelled before anything ran: nothing is charged", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product);
  expect(await shop.cancel(placed)).toBe(202);
  await expectCancelled(placed, product);
});

test("cancelled within ten seconds of the charge: the money is refunded, and no confirmation is sent", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product);
  await shop.clock.advance(5 * SECOND);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.cancel(placed)).toBe(202);
  await expectCancelled(placed, product);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "refunded"]);
});

test("cancelled a day later, several times: stock and money are returned once", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product);
  await shop.finish(placed);
  const asked = await Promise.all(Array.from({ length: 5 }, () => shop.cancel(placed)));
  expect(asked).toEqual([202, 202, 202, 202, 202]);
  await expectCancelled(placed, product);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "confirmed", "refunded"]);
});

test("cancelled while the customer authenticates: a later success at the bank charges nobody", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  const { url } = (await shop.order(placed)).nextAction ?? {};
  expect(await shop.cancel(placed)).toBe(202);
  await shop.settle();
  const body = new URLSearchParams({ outcome: "succeeded" });
  expect((await fetch(url ?? "", { method: "POST", body })).status).toBe(409);
  await expectCancelled(placed, product);
  expect(await shop.money(placed.id)).toEqual(NOTHING);
});

test("P8: paid between the cancellation and its call of Stripe: refunded once, one email", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  const { url } = (await shop.order(placed)).nextAction ?? {};
  // Twice: Stripe's client calls again at once when a connection breaks.
  await shop.fault("stripe", { kind: "reset", times: 2, path: "/v1/payment_intents" });
  expect(await shop.cancel(placed)).toBe(202);
  await shop.settle();
  await shop.webhooks("duplicate");
  const body = new URLSearchParams({ outcome: "succeeded" });
  expect((await fetch(url ?? "", { method: "POST", body, redirect: "manual" })).status).toBe(303);
  await expectCancelled(placed, product);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "refunded"]);
});

test("P8: paid after the payment window, because Stripe could not be reached in time: refunded once, one email", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  const { url } = (await shop.order(placed)).nextAction ?? {};
  await shop.sql("UPDATE orders SET deadline_at = $2 WHERE id = $1", [placed.id, new Date(shop.clock.now())]);
  await shop.sql("UPDATE orders SET status = 'failed', end_reason = 'payment_expired' WHERE id = $1", [placed.id]);
  const body = new URLSearchParams({ outcome: "succeeded" });
  expect((await fetch(url ?? "", { method: "POST", body, redirect: "manual" })).status).toBe(303);
  expect(await shop.finish(placed)).toMatchObject({ status: "failed", refunds: [{ status: "succeeded" }] });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect(await shop.notifications(placed)).toEqual(["refunded"]);
});

test("P9: cancelled while the email provider is down: no confirmation is sent later", async () => {
  const product = await shop.product(1);
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 40 * MINUTE });
  const placed = await shop.checkout(product);
  await shop.clock.advance(30 * SECOND);
  expect(await shop.cancel(placed)).toBe(202);
  await expectCancelled(placed, product);
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "refunded"]);
});

test("a failed order cannot be cancelled: 409", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.finish(placed);
  expect(await shop.cancel(placed)).toBe(409);
});

test("a cancelled order whose run is lost cannot be paid any more after some minutes", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await shop.fault("stripe", { kind: "error", status: 503, until: shop.clock.now() + HOUR });
  await shop.cancel(placed);
  await shop.settle();
  expect(await shop.loseRuns("cancel-order")).toBe(1);
  await shop.clearFaults();
  expect(await shop.money(placed.id)).toMatchObject({ open: 1 });
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.money(placed.id)).toMatchObject({ open: 0 });
});
