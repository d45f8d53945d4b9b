import { afterEach, beforeAll, expect, test } from "vitest";
import { loseRunsOf } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** The engine loses the run whose next step was to tell the customer. */
const shop = openShop({ wires: true, env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const losing = (name: string, work: () => Promise<unknown>) => loseRunsOf(shop, name, work);

const placed = async (paymentMethod = "pm_card_visa") => shop.checkout(await shop.product(1), { paymentMethod });

/** Told within ten minutes, with a round of the sweeps every five; and of nothing again in the hour after. */
async function expectNotified(order: Placed, emails: string[], within = 10 * MINUTE): Promise<void> {
  await shop.clock.advance(within);
  expect(await shop.notifications(order)).toEqual(emails);
  await shop.clock.advance(HOUR);
  expect(await shop.notifications(order)).toEqual(emails);
}

test("confirmed, and the run is lost before the email", async () => {
  const order = await placed();
  await shop.settle();
  expect(await shop.order(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await expectNotified(order, ["confirmed"]);
});

test("declined, and the run is lost before the email", async () => {
  let order: Placed | undefined;
  await losing("payment-failed", async () => {
    order = await placed("pm_card_visa_chargeDeclined");
  });
  await expectNotified(order ?? expect.fail(), ["failed"]);
});

test("declined, then paid with another card before the sweep: no email about the first attempt", async () => {
  let order: Placed | undefined;
  await losing("payment-failed", async () => {
    order = await placed("pm_card_visa_chargeDeclined");
  });
  const paid = order ?? expect.fail();
  expect(await shop.pay(paid)).toBe(202);
  await expectNotified(paid, ["confirmed"]);
});

test("cancelled by the customer", async () => {
  const order = await placed();
  await shop.settle();
  await losing("cancel-order", () => shop.cancel(order));
  await expectNotified(order, ["refunded", "cancelled"]);
});

test("refunded by the reconciler, because the run was lost before its call of Stripe", async () => {
  const order = await placed();
  await shop.finish(order);
  await losing("process-refund", () =>
    manager.post(`/api/admin/orders/${order.id}/refund`, { reason: "Broken" }, { "idempotency-key": order.id }),
  );
  await shop.webhooks("drop");
  // The refund itself is repeated first.
  await expectNotified(order, ["confirmed", "refunded"], 45 * MINUTE);
});

const ship = (order: Placed) =>
  manager.post(
    `/api/admin/orders/${order.id}/ship`,
    { carrier: "DHL", trackingNumber: "00340434" },
    { "idempotency-key": order.id },
  );

test("a shipment is notified on each of the four channels", async () => {
  const order = await shop.checkout(await shop.product(1), { phone: "+4915123456789" });
  await shop.finish(order);
  await losing("order-shipped", () => ship(order));
  await shop.clock.advance(45 * MINUTE);
  const sent = await shop.sql<{ channel: string }>(
    "SELECT channel FROM messages WHERE status = 'sent' AND entity_id IN (SELECT id FROM shipments WHERE order_id = $1) ORDER BY channel",
    [order.id],
  );
  expect(sent.map(({ channel }) => channel)).toEqual(["crm", "push", "sms"]);
  expect((await shop.notifications(order)).at(-1)).toMatch(/on its way/);
});

test("a shipment whose run was lost while thousands of customers are notified", async () => {
  const order = await placed();
  await shop.finish(order);
  await losing("order-shipped", () => ship(order));
  await shop.sql(
    `INSERT INTO order_events (order_id, type, key, data, at)
     SELECT $1, 'order_confirmed', 'copy ' || n, '{}', $2 FROM generate_series(1, 4000) n`,
    [order.id, new Date(shop.clock.now())],
  );
  await shop.clock.advance(45 * MINUTE);
  await shop.sql("DELETE FROM order_events WHERE key LIKE 'copy %'");
  expect((await shop.notifications(order)).at(-1)).toMatch(/on its way/);
});

test("an order that was delivered", async () => {
  const order = await placed();
  await shop.finish(order);
  await ship(order);
  await shop.settle();
  await losing("order-delivered", () => manager.post(`/api/admin/orders/${order.id}/deliver`, {}));
  await shop.clock.advance(2 * HOUR);
  expect((await shop.notifications(order)).filter((subject) => /has arrived/.test(subject))).toHaveLength(1);
});
