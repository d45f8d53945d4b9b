import type Stripe from "stripe";
import { afterEach, beforeAll, expect, test } from "vitest";
import { confirmOrder } from "@/lib/orders/change-order";
import { syncOrderPayment } from "@/lib/payments/sync-order-payment";
import { syncRefund } from "@/lib/payments/sync-refund";
import { behindLock } from "./concurrent-writers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/**
 * Two writers at once: one waits for the lock that the other holds, and must go on from what that one wrote. PostgreSQL
 * shows a statement that waited the newest version of the rows it locks, and of all others the one from before the wait.
 */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

/** `writers`, begun one after the other, wait for the order's lock. */
const atOnce = ({ id }: Placed, writers: (() => Promise<unknown>)[]) =>
  behindLock("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [id], writers);

async function placed(paymentMethod: string): Promise<Placed & { intent: string }> {
  const order = await shop.checkout(await shop.product(1), { paymentMethod });
  await shop.settle();
  const [intent] = await shop.intents(order.id);
  return { ...order, intent: intent?.id ?? expect.fail() };
}

const intentNow = ({ intent }: { intent: string }) =>
  shop.stripeApi<Stripe.PaymentIntent>("GET", `/v1/payment_intents/${intent}`);

async function refundNow({ intent }: { intent: string }): Promise<Stripe.Refund> {
  const { data } = await shop.stripeApi<{ data: Stripe.Refund[] }>("GET", `/v1/refunds?payment_intent=${intent}`);
  return data[0] ?? expect.fail();
}

const books = async ({ id }: Placed) =>
  (await shop.sql("SELECT status, captured, refunded FROM payments WHERE order_id = $1", [id]))[0];

const refund = ({ id }: Placed, amount: number) =>
  manager.post(
    `/api/admin/orders/${id}/refund`,
    { reason: "Broken", amount },
    { "idempotency-key": `${id}:${amount}` },
  );

test("a succeeded payment stays succeeded while an older state of it waits for the same lock", async () => {
  const order = await placed("pm_card_authenticationRequired");
  await shop.webhooks("hold");
  const older = await intentNow(order);
  await shop.authenticate(order);
  const newer = await intentNow(order);
  expect([older.status, newer.status]).toEqual(["requires_action", "succeeded"]);
  const failed = { ...older, status: "requires_payment_method", last_payment_error: { code: "card_declined" } };
  const ends = await atOnce(order, [
    () => syncOrderPayment(newer),
    () => syncOrderPayment(failed as Stripe.PaymentIntent),
    () => syncOrderPayment(newer),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
  expect(await books(order)).toEqual({ status: "succeeded", captured: 2500, refunded: 0 });
  await shop.clearFaults();
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
});

test("a succeeded payment stays succeeded when an older state of it comes later", async () => {
  const order = await placed("pm_card_authenticationRequired");
  const older = await intentNow(order);
  await shop.authenticate(order);
  await shop.settle();
  const failed = { ...older, status: "requires_payment_method", last_payment_error: { code: "card_declined" } };
  await syncOrderPayment(failed as Stripe.PaymentIntent);
  expect(await books(order)).toEqual({ status: "succeeded", captured: 2500, refunded: 0 });
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
});

test("a refund that the bank sent back is subtracted once, if two syncs of it wait for the same lock", async () => {
  const order = await placed("pm_card_refundFail");
  await shop.finish(order);
  await refund(order, 700);
  await refund(order, 800);
  await shop.settle();
  await shop.webhooks("hold");
  await shop.clock.advance(90 * MINUTE);
  const failed = await refundNow(order);
  expect(failed.status).toBe("failed");
  expect(await books(order)).toMatchObject({ captured: 2500, refunded: 1500 });
  const ends = await atOnce(order, [() => syncRefund(failed), () => syncRefund(failed)]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  expect(await books(order)).toMatchObject({ captured: 2500, refunded: 1500 - failed.amount });
  await shop.clearFaults();
  await shop.flush();
  await shop.finish(order);
  expect(await books(order)).toMatchObject({ captured: 2500, refunded: 0 });
});

test("a refund that the bank sent back stays failed if an older state of it comes later", async () => {
  const order = await placed("pm_card_refundFail");
  await shop.finish(order);
  await refund(order, 2500);
  await shop.settle();
  const older = await refundNow(order);
  await shop.clock.advance(2 * HOUR);
  expect(older.status).toBe("succeeded");
  await syncRefund(older);
  expect(await shop.order(order)).toMatchObject({ status: "confirmed", refunds: [{ status: "failed" }] });
  expect(await books(order)).toMatchObject({ captured: 2500, refunded: 0 });
});

test("an order that is refunded in the moment before its confirmation is not confirmed", async () => {
  const order = await placed("pm_card_authenticationRequired");
  await shop.loseRuns();
  await shop.webhooks("hold");
  await shop.authenticate(order);
  await syncOrderPayment(await intentNow(order));
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: order.intent });
  const back = await refundNow(order);
  const [, confirmed] = await atOnce(order, [() => syncRefund(back), () => confirmOrder(order.id, 1)]);
  expect(confirmed).toMatchObject({ status: "rejected", reason: { message: `Order ${order.id} is not paid.` } });
  await shop.clearFaults();
  expect(await shop.finish(order, 24 * HOUR)).toMatchObject({ status: "failed" });
  expect(await shop.money(order.id)).toMatchObject({ collected: 0, refunds: 1, open: 0 });
});
