import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** P14: each drift is planted, and found without anybody asking. */
const shop = openShop({ wires: true });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await shop.clearFaults();
  await audit();
});

const PAID = { collected: 2500, succeeded: 1, refunds: 0, open: 0 };
const OPERATORS = "operators@steadfast.example";
const alerts = async () => (await shop.emails(OPERATORS)).map(({ subject, text }) => `${subject}\n${text}`);

/** The engine takes no event until it is notified to listen: what sends them attempts on for longer than a request waits. */
async function placeWithoutEvent(product: string, more = {}): Promise<Placed> {
  if (shop.wires)
    shop.wires.watch = ({ path }, stage) => (path.startsWith("/e/") && stage === "before" ? "lost" : undefined);
  return shop.checkout(product, more);
}
const listen = () => {
  if (shop.wires) shop.wires.watch = undefined;
};

test("P7: the process dies between the commit and the sending: the sweeper sends, and the order is confirmed", async () => {
  const placed = await placeWithoutEvent(await shop.product(1));
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  listen();
  expect(await shop.finish(placed, 2 * MINUTE)).toMatchObject({ status: "confirmed" });
});

test("P7: the event API is down: checkouts are taken all the same, and confirmed when it is back", async () => {
  const product = await shop.product(2);
  const until = shop.clock.now() + 2 * MINUTE;
  if (shop.wires)
    shop.wires.watch = ({ path }, stage) =>
      stage === "before" && path.startsWith("/e/") && shop.clock.now() < until ? "lost" : undefined;
  const orders = [await shop.checkout(product), await shop.checkout(product)];
  await shop.clock.advance(90 * SECOND);
  for (const placed of orders) expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 2 });
});

test("P7: an event that was sent though its row says otherwise is sent again, and counts once", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.sql("UPDATE outbox SET sent_at = NULL WHERE data->>'orderId' = $1", [placed.id]);
  await shop.finish(placed);
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("an app that starts continues open orders at once, also those whose run is alive", async () => {
  const product = await shop.product(5);
  const lost = await placeWithoutEvent(product);
  await shop.sql("UPDATE outbox SET sent_at = created_at WHERE data->>'orderId' = $1", [lost.id]);
  listen();
  await shop.fault("stripe", { kind: "error", status: 500, path: "/v1/payment_intents", method: "POST" });
  const alive = await shop.checkout(product);
  await shop.settle();
  const waiting = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  const { restartInterruptedOrders } = await import("@/lib/orders/sweeps");
  // Two instances start at the same time.
  await Promise.all([restartInterruptedOrders(), restartInterruptedOrders()]);
  await shop.clock.advance(SECOND);
  for (const placed of [lost, alive]) expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  for (const placed of [lost, alive]) {
    await shop.finish(placed);
    expect(await shop.money(placed.id)).toEqual(PAID);
    expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  }
  expect(await shop.order(waiting)).toMatchObject({ status: "awaiting_payment" });
});

test("an outage of Stripe for an hour: the restarts of an order become rarer, and it is paid once", async () => {
  await shop.fault("stripe", { kind: "error", status: 503, until: shop.clock.now() + HOUR });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(HOUR);
  const restarts = await shop.sql("SELECT id FROM outbox WHERE starts_with(id, $1)", [
    `order-created:${placed.id}:again:`,
  ]);
  expect(restarts.length).toBeGreaterThan(2);
  expect(restarts.length).toBeLessThan(10);
  expect(await shop.finish(placed, HOUR)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("an order whose event was lost for good starts again by itself", async () => {
  const placed = await placeWithoutEvent(await shop.product(1));
  await shop.sql("UPDATE outbox SET sent_at = created_at WHERE data->>'orderId' = $1", [placed.id]);
  listen();
  await shop.clock.advance(90 * SECOND);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
});

test("an order that was charged when the engine lost it is confirmed within minutes", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await shop.authenticate(placed);
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  expect(await shop.finish(placed, 10 * MINUTE)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("one overdue order that Stripe knows nothing of keeps no other from ending", async () => {
  const overdue = async () => {
    const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
    await shop.settle();
    return placed;
  };
  const [bad, good] = [await overdue(), await overdue()];
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(2);
  await shop.sql("UPDATE payments SET intent_id = 'pi_gone' WHERE order_id = $1", [bad.id]);
  const past = new Date(shop.clock.now());
  await shop.sql("UPDATE orders SET deadline_at = $1 WHERE id = $2", [past, bad.id]);
  await shop.sql("UPDATE orders SET deadline_at = $1 WHERE id = $2", [new Date(past.getTime() + SECOND), good.id]);
  expect(await shop.finish(good, 3 * MINUTE)).toMatchObject({ status: "failed", failureReason: "expired" });
  expect(await shop.finish(bad, 3 * MINUTE)).toMatchObject({ status: "failed", failureReason: "expired" });
});

test("stock that an ended order still holds is freed", async () => {
  const product = await shop.product(2);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await shop.loseRuns();
  await shop.sql("UPDATE orders SET status = 'failed', end_reason = 'payment_expired' WHERE id = $1", [placed.id]);
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.stock(product)).toEqual({ available: 2, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toMatchObject({ open: 0 });
});

test("a reservation that has expired ends its order, and frees the stock", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await shop.loseRuns();
  await shop.sql("UPDATE reservations SET expires_at = $2 WHERE order_id = $1", [
    placed.id,
    new Date(shop.clock.now()),
  ]);
  expect(await shop.finish(placed, 5 * MINUTE)).toMatchObject({ status: "failed", failureReason: "expired" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
});

async function installation(): Promise<string> {
  const [row] = await shop.sql<{ id: string }>("SELECT id FROM installation");
  return row?.id ?? expect.fail("no installation");
}

test("a payment at Stripe that no order knows is reported to the operators, once", async () => {
  const form = { amount: "4200", currency: "eur", payment_method: "pm_card_visa", confirm: "true" };
  const more = { "metadata[order_id]": "ord_unknown", "metadata[payment_id]": "pay_unknown", return_url: shop.app };
  const own = { "metadata[installation_id]": await installation() };
  const intent = await shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", { ...form, ...more, ...own });
  await shop.clock.advance(HOUR);
  const notifications = (await alerts()).filter((email) => email.includes(intent.id));
  expect(notifications).toHaveLength(1);
  expect(notifications[0]).toContain("ord_unknown");
  expect(notifications[0]).toContain("€42.00");
});

test.each<Record<string, string>>([{}, { "metadata[installation_id]": "inst_other" }])(
  "P5: the payments of another installation on the same Stripe account are left alone, with metadata %j",
  async (more) => {
    const placed = await shop.checkout(await shop.product(1));
    await shop.finish(placed);
    const [own] = await shop.intents(placed.id);
    // Other orders, and our own order as a copy of the database knows it.
    const copies = [
      { "metadata[order_id]": "ord_other", "metadata[payment_id]": "pay_other" },
      { "metadata[order_id]": placed.id, "metadata[payment_id]": "pay_other" },
    ];
    const open: string[] = [];
    for (const copy of copies) {
      const form = { amount: "4200", currency: "eur", payment_method: "pm_card_visa", ...copy, ...more };
      open.push((await shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", form)).id);
    }
    await shop.clock.advance(HOUR);
    for (const id of open)
      expect(await shop.stripeApi("GET", `/v1/payment_intents/${id}`)).toMatchObject({
        status: "requires_confirmation",
      });
    expect((await alerts()).filter((email) => open.some((id) => email.includes(id)))).toEqual([]);
    expect(own).toMatchObject({ metadata: { installation_id: await installation() } });
  },
);

test("a payment at Stripe of another system is none of our business", async () => {
  const form = {
    amount: "4200",
    currency: "eur",
    payment_method: "pm_card_visa",
    confirm: "true",
    return_url: shop.app,
  };
  const intent = await shop.stripeApi<{ id: string }>("POST", "/v1/payment_intents", form);
  await shop.clock.advance(HOUR);
  expect((await alerts()).filter((email) => email.includes(intent.id))).toEqual([]);
});

test("P14: an amount that differs between Stripe and our books is reported, and nobody guesses", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.sql("UPDATE payments SET captured = captured - 100 WHERE order_id = $1", [placed.id]);
  await shop.clock.advance(HOUR);
  await shop.sql("UPDATE payments SET captured = captured + 100 WHERE order_id = $1", [placed.id]);
  const notifications = (await alerts()).filter((email) => email.includes("€24.00") && email.includes("€25.00"));
  expect(notifications).toHaveLength(1);
});

test("a payment that succeeded at Stripe while our books say otherwise is taken over", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.sql("UPDATE orders SET status = 'pending' WHERE id = $1", [placed.id]);
  await shop.sql("UPDATE payments SET status = 'confirming', captured = 0 WHERE order_id = $1", [placed.id]);
  await shop.sql("UPDATE reservations SET status = 'active' WHERE order_id = $1", [placed.id]);
  await shop.sql(
    "UPDATE inventory SET sold = 0, reserved = 1 WHERE product_id IN (SELECT product_id FROM order_lines WHERE order_id = $1)",
    [placed.id],
  );
  expect(await shop.finish(placed, HOUR)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("a refund that was stored and whose event was lost is made", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  if (shop.wires)
    shop.wires.watch = ({ path }, stage) => (path.startsWith("/e/") && stage === "before" ? "lost" : undefined);
  await shop.cancel(placed);
  if (shop.wires) shop.wires.watch = undefined;
  await shop.sql("UPDATE outbox SET sent_at = created_at WHERE sent_at IS NULL");
  await shop.clock.advance(20 * MINUTE);
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
});
