import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE } from "./shop";
import { openStorefront } from "./storefront";

/** A storefront sends its orders over the event API. */
const { shop, manager, unique, send, post, ordered, newOrder, alerts, confirmed, withSavedCard } = openStorefront();
afterEach(audit);

test("order/created, in full: charged at our prices and confirmed; unknown fields are stored", async () => {
  const { orderId, productId, data } = await newOrder({ channel: "kiosk", metadata: { table: 4 } });
  const run = await send("order/created", data);
  const order = await ordered(orderId);
  expect(run).toMatchObject({ status: "COMPLETED", output: { orderId: order.id, outcome: "placed" } });
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed", total: { amount: 5_000 } });
  expect(order.metadata).toEqual({ table: 4, channel: "kiosk" });
  expect(await shop.stock(productId)).toEqual({ available: 3, reserved: 0, sold: 2 });
  expect(await shop.notifications(order)).toEqual(["confirmed"]);
  // A known order, by either id.
  for (const known of [orderId, order.id])
    expect(await send("order/created", { orderId: known })).toMatchObject({ output: { outcome: "known" } });
  expect((await shop.money(order.id)).succeeded).toBe(1);
});

test("fifty identical order/created of an unknown order at once: one order, one charge, one email", async () => {
  const { orderId, productId, data } = await newOrder();
  await send("order/created", data, { copies: 50, wait: 5 * MINUTE });
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(order.id)).toMatchObject({ succeeded: 1, collected: 5_000 });
  expect(await shop.stock(productId)).toMatchObject({ sold: 2 });
  expect(await shop.notifications(order)).toEqual(["confirmed"]);
});

test.each([
  ["a price", { items: "price" }, "price_mismatch", ["€0.01", "€25.00"]],
  ["two prices", { items: "prices" }, "price_mismatch", ["€24.00", "€25.00"]],
  ["a total", { total: 4_000 }, "price_mismatch", ["€40.00", "€50.00"]],
  ["a currency", { currency: "USD" }, "price_mismatch", ["$50.00", "€50.00"]],
  ["an unknown product", { items: "unknown" }, "unknown_product"],
  ["more than is in stock", { items: "many", total: undefined }, "out_of_stock"],
  ["a coupon that is none", { couponCode: "NONE" }, "coupon_refused"],
])(
  "order/created with %s that is not ours: it fails with the reason, and nothing is charged",
  async (_what, change, reason, figures?: string[]) => {
    const { orderId, productId, data } = await newOrder();
    const item = (quantity: number, price?: number) => ({ productId, quantity, price });
    const items = {
      ...{ price: [item(2, 1)], prices: [item(1, 2_500), item(1, 2_400)], many: [item(9)] },
      unknown: [{ productId: "prod_none", quantity: 1 }],
    };
    const chosen = "items" in change && change.items ? items[change.items as "price"] : data.items;
    await send("order/created", { ...data, ...change, items: chosen });
    const order = await ordered(orderId);
    await shop.rest(order);
    expect(await ordered(orderId)).toMatchObject({ status: "failed", end_reason: reason });
    expect(await shop.intents(order.id)).toEqual([]);
    expect(await shop.notifications(order)).toEqual(["failed"]);
    const [alert] = await alerts(orderId);
    expect(alert?.detail).toEqual(
      figures && expect.objectContaining({ externalId: orderId, sent: figures[0], ours: figures[1] }),
    );
    const [email] = await shop.emails(order.email);
    const prices = figures && `You were shown ${figures[0]}, and our price is ${figures[1]}.`;
    expect(email?.text).toContain(prices ?? "");
  },
);

test("order/created without a payment method: the customer gets a link, and pays; unpaid, the order ends", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(order.status).toBe("awaiting_payment");
  const [email] = await shop.emails(order.email);
  expect(email?.text).toContain(`/orders/${order.id}?token=${order.token}`);
  expect((await shop.order(order)).nextAction).toEqual({ type: "pay_again" });
  expect(await shop.pay(order)).toBe(202);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });

  const other = await newOrder({ paymentMethod: undefined });
  await send("order/created", other.data);
  await shop.sql("UPDATE orders SET deadline_at = $1 WHERE external_id = $2", [
    new Date(shop.clock.now()),
    other.orderId,
  ]);
  await shop.clock.advance(5 * MINUTE);
  expect(await ordered(other.orderId)).toMatchObject({ status: "failed", end_reason: "expired" });
});

test("cancelled while the email provider is down: the link to pay that waits is not sent", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 10 * MINUTE });
  await send("order/created", data, { wait: 0 });
  await shop.clock.advance(MINUTE);
  const order = await ordered(orderId);
  expect(order.status).toBe("awaiting_payment");
  expect(await shop.cancel(order)).toBe(202);
  await shop.clock.advance(HOUR);
  expect((await shop.emails(order.email)).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/is cancelled/),
  ]);
});

test("a run that is lost before it has sent the link to pay: the customer gets one link all the same", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await shop.sql(`CREATE FUNCTION refuse_link() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'refused'; END $$`);
  await shop.sql(`CREATE TRIGGER refuse_link BEFORE INSERT ON emails FOR EACH ROW
    WHEN (NEW.kind = 'order_payment_request') EXECUTE FUNCTION refuse_link()`);
  await send("order/created", data, { wait: 0 });
  await shop.settle();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.sql("DROP TRIGGER refuse_link ON emails");
  const order = await ordered(orderId);
  expect(order.status).toBe("awaiting_payment");
  await shop.clock.advance(15 * MINUTE);
  expect((await shop.emails(order.email)).filter(({ text }) => text.includes(order.token))).toHaveLength(1);
  expect(await shop.pay(order)).toBe(202);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
});

test("order/created of a user with a saved card: it is charged off session", async () => {
  const customer = await withSavedCard();
  const { orderId, data } = await newOrder({ paymentMethod: undefined, userId: customer.id });
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  const [intent] = await shop.intents(order.id);
  expect(intent).toMatchObject({ customer: expect.stringMatching(/^cus_/) });
});

test("a saved card whose bank asks for the customer is declined off session, and the customer can pay with another", async () => {
  const customer = await withSavedCard("pm_card_authenticationRequired");
  const { orderId, data } = await newOrder({ paymentMethod: undefined, userId: customer.id });
  await send("order/created", data);
  const order = await ordered(orderId);
  // At once: on session, it would wait for the customer.
  expect([order.status, order.end_reason]).toEqual(["failed", "payment_declined"]);
  await shop.rest(order);
  expect(await shop.order(order)).toMatchObject({ status: "failed", nextAction: { type: "pay_again" } });
  expect(await shop.notifications(order)).toEqual(["failed"]);
});

test.each([
  ["order/created", { orderId: "A-none" }, /data\.items/],
  ["order/created", { orderId: "A-0", items: [{ productId: "p", quantity: 0 }], email: "a@b.example" }, /quantity/],
  ["order/created", { orderId: "A-1", email: "a@b.example" }, /items/],
  ["payment/completed", { orderId: "A-1", paymentId: "x", amount: "5", provider: "paypal" }, /amount/],
  ["user/registered", { userId: "u", email: "no address", name: "Ann" }, /email/],
  ["expense/approved", { expenseId: 7, managerId: "m" }, /expenseId/],
  ["data/import", { url: "no url" }, /url/],
])("%s with wrong data fails at once, names the field, and alerts the operators", async (name, data, field) => {
  const run = await send(name, data);
  expect(run.status).toBe("FAILED");
  expect(JSON.stringify(run.output)).toMatch(field);
  expect((await alerts(name)).some(({ subject }) => field.test(subject))).toBe(true);
  const failed = manager.get("/api/admin/failed-runs?limit=1");
  const { items } = await manager.read<{ items: { fields: string[]; runUrl: string }[] }>(failed);
  expect(items).toMatchObject([{ eventName: name, function: run.function.id.replace("steadfast-", "") }]);
  expect(items[0]?.fields.join()).toMatch(field);
  expect((await fetch(items[0]?.runUrl ?? "")).status).toBe(200);
});

test("order/cancelled cancels and refunds, as the API does", async () => {
  const order = await confirmed();
  await send("order/cancelled", { orderId: order.externalId, reason: "kiosk" });
  const ended = await shop.finish(order);
  expect(ended).toMatchObject({
    ...{ status: "cancelled", failureReason: "storefront", refunds: [{ status: "succeeded" }] },
  });
  // A storefront may send any text: the reason that the API publishes is a code.
  expect(ended.timeline.find(({ type }) => type === "order_cancelled")?.data).toEqual({
    ...{ reason: "storefront", text: "kiosk" },
  });
  // Two runs send the last two emails, in any order.
  expect((await shop.notifications(order)).toSorted()).toEqual(["cancelled", "confirmed", "refunded"]);
});

test("order/shipped records the shipment once and notifies; for another system's order it notifies the given addresses", async () => {
  const order = await confirmed();
  const shipment = { orderId: order.externalId, carrier: "DHL", trackingNumber: "T1" };
  await send("order/shipped", shipment);
  await send("order/shipped", shipment);
  expect(await shop.order(order)).toMatchObject({
    status: "shipped",
    shipment: { trackingNumber: "T1", complete: true },
  });
  expect((await shop.emails(order.email)).filter(({ subject }) => /shipped|way/.test(subject))).toHaveLength(1);
  const run = await send("order/shipped", { orderId: "X-9", email: "other@customers.example", phone: "+4930123456" });
  expect(run.output).toMatchObject({ notified: ["email", "sms"] });
  expect(await shop.emails("other@customers.example")).toHaveLength(1);
  // A user of the shop is notified at their own address and in their browser.
  await shop.sql(
    `INSERT INTO push_subscriptions (id, user_id, endpoint, p256dh, auth, created_at)
     VALUES ('push_1', $1, 'https://push.example/1', 'key', 'secret', now())`,
    [manager.id],
  );
  const known = await send("order/shipped", { orderId: "X-10", userId: manager.id });
  expect(known.output).toMatchObject({ notified: ["email", "push"] });
  expect((await shop.emails(manager.email)).filter(({ text }) => text.includes("X-10"))).toHaveLength(1);
});

test("events that come before their order are applied when it comes; one about nothing alerts after two hours", async () => {
  const { orderId, data } = await newOrder({ paymentMethod: undefined });
  await post("payment/completed", { orderId, paymentId: unique("PAYPAL"), amount: 5_000, provider: "paypal" }, {});
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  const lost = await send("order/cancelled", { orderId: "A-lost" }, { wait: 4 * HOUR });
  expect(lost.status).toBe("FAILED");
  expect(await alerts("A-lost")).toHaveLength(1);
});

test("one product on two lines is one line", async () => {
  const { orderId, productId, data } = await newOrder();
  const items = [
    { productId, quantity: 1, price: 2_500 },
    { productId, quantity: 1, price: 2_500 },
  ];
  await send("order/created", { ...data, items });
  expect(await shop.finish(await ordered(orderId))).toMatchObject({ status: "confirmed", total: { amount: 5_000 } });
});

test("order/created with characters that the database cannot store: it is placed, with U+FFFD in their place", async () => {
  const emoji = "🎁".charAt(0);
  const { orderId, data } = await newOrder({ name: `Ann ${emoji}`, metadata: { gift: `For you ${emoji}`, nul: "\0" } });
  expect(await send("order/created", data)).toMatchObject({ status: "COMPLETED", output: { outcome: "placed" } });
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(order.metadata).toEqual({ gift: "For you \ufffd", nul: "\ufffd" });
});
