import { afterEach, beforeAll, expect, test } from "vitest";
import { openFileServer } from "./file-server";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** The events of a storefront, as it sends them over the event API: in full, or with the id of what exists. */
const shop = openShop({ env: { GIFT_PERCENT: "0", RECONCILE_EVERY_MINUTES: "5" } });
const files = openFileServer();
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

let count = 0;
const unique = (prefix: string) => `${prefix}-${++count}`;

/** Sends events, and waits. Returns their ids. */
async function post(name: string, data: unknown, { id, copies = 1, wait = MINUTE }: Sending): Promise<string[]> {
  const events = Array.from({ length: copies }, () => ({ name, data, id }));
  const sent = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
  expect(sent.status).toBe(200);
  await shop.clock.advance(wait);
  return ((await sent.json()) as { ids: string[] }).ids;
}

interface Sending {
  /** The event's id, by which the server drops a second one. */
  id?: string;
  copies?: number;
  wait?: number;
}

/** Sends an event, and returns the run that took it in. */
async function send(name: string, data: unknown, sending: Sending = {}): Promise<Run> {
  const [id] = await post(name, data, sending);
  const answer = await fetch(`${shop.inngest}/api/v2/events/${id}/runs?includeOutput=true`);
  const { data: runs } = (await answer.json()) as { data: Run[] };
  const run = runs.find(({ function: { id } }) => id.includes("ingest-"));
  return run ?? expect.fail(`no function takes in ${name}`);
}

interface Run {
  function: { id: string };
  status: string;
  output: { [field: string]: unknown };
}

const ordered = async (externalId: string) => {
  const rows = await shop.sql<Placed & { status: string; end_reason: string | null; metadata: unknown }>(
    "SELECT id, token, email, status, end_reason, metadata FROM orders WHERE external_id = $1",
    [externalId],
  );
  expect(rows).toHaveLength(1);
  return rows[0] ?? expect.fail("no such order");
};

const address = { line1: "Torstraße 1", city: "Berlin", postalCode: "10119", country: "DE" };

/** An order in full, as a storefront sends it. */
async function newOrder(more: Record<string, unknown> = {}) {
  const orderId = unique("A");
  const productId = await shop.product(5);
  const items = [{ productId, quantity: 2, price: 2_500 }];
  const buyer = { email: `${orderId.toLowerCase()}@customers.example`, name: "Ann", shippingAddress: address };
  const data = { orderId, ...buyer, items, total: 5_000, currency: "EUR", paymentMethod: "pm_card_visa", ...more };
  return { orderId, productId, data };
}

const alerts = async (about: string) =>
  (await manager.read<{ items: { subject: string }[] }>(manager.get("/api/admin/alerts?limit=100"))).items.filter(
    ({ subject }) => subject.includes(about),
  );

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
  ["a price", { items: "price" }, "price_mismatch"],
  ["a total", { total: 4_000 }, "price_mismatch"],
  ["a currency", { currency: "USD" }, "price_mismatch"],
  ["an unknown product", { items: "unknown" }, "unknown_product"],
  ["more than is in stock", { items: "many", total: undefined }, "out_of_stock"],
  ["a coupon that is none", { couponCode: "NONE" }, "coupon_refused"],
])(
  "order/created with %s that is not ours: it fails with the reason, and nothing is charged",
  async (_what, change, reason) => {
    const { orderId, productId, data } = await newOrder();
    const items = { price: [{ productId, quantity: 2, price: 1 }], unknown: [{ productId: "prod_none", quantity: 1 }] };
    const many = [{ productId, quantity: 9 }];
    const chosen = "items" in change && change.items ? { ...items, many }[change.items as "price"] : data.items;
    await send("order/created", { ...data, ...change, items: chosen });
    const order = await ordered(orderId);
    await shop.rest(order);
    expect(await ordered(orderId)).toMatchObject({ status: "failed", end_reason: reason });
    expect(await shop.intents(order.id)).toEqual([]);
    expect(await shop.notifications(order)).toEqual(["failed"]);
    expect(await alerts(orderId)).toHaveLength(reason === "price_mismatch" ? 1 : 0);
    if (!("total" in change) || reason !== "price_mismatch") return;
    const [email] = await shop.emails(order.email);
    expect(email?.text).toContain("our price is €50.00");
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

test("order/created of a user with a saved card: it is charged off session", async () => {
  await shop.sql(
    `INSERT INTO plans (id, name, description, amount, currency, interval, created_at)
     VALUES ('plan_s', 'Plan', 'A plan', 900, 'EUR', 'month', '2026-01-01') ON CONFLICT DO NOTHING`,
  );
  const customer = await signedIn(shop, "customer");
  const subscription = { planId: "plan_s", paymentMethod: "pm_card_visa" };
  expect((await customer.post("/api/account/subscription", subscription)).status).toBe(201);
  await shop.clock.advance(MINUTE);
  const { orderId, data } = await newOrder({ paymentMethod: undefined, userId: customer.id });
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  const [intent] = await shop.intents(order.id);
  expect(intent).toMatchObject({ customer: expect.stringMatching(/^cus_/) });
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

async function confirmed() {
  const { orderId, productId, data } = await newOrder();
  await send("order/created", data);
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  return { ...order, externalId: orderId, productId };
}

test("order/cancelled cancels and refunds, as the API does", async () => {
  const order = await confirmed();
  await send("order/cancelled", { orderId: order.externalId, reason: "kiosk" });
  expect(await shop.finish(order)).toMatchObject({ status: "cancelled", refunds: [{ status: "succeeded" }] });
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
});

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

async function manualTask(kind: string, about: string): Promise<string | undefined> {
  const { items } = await manager.read<{ items: { id: string; kind: string; cause: { message: string } }[] }>(
    manager.get("/api/admin/manual-queue?limit=100"),
  );
  return items.find((task) => task.kind === kind && task.cause.message.includes(about))?.id;
}

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

test("one product on two lines is one line", async () => {
  const { orderId, productId, data } = await newOrder();
  const items = [
    { productId, quantity: 1, price: 2_500 },
    { productId, quantity: 1, price: 2_500 },
  ];
  await send("order/created", { ...data, items });
  expect(await shop.finish(await ordered(orderId))).toMatchObject({ status: "confirmed", total: { amount: 5_000 } });
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

test("user/registered makes a customer, who gets the welcome emails; user/profile-updated changes the profile", async () => {
  const userId = unique("U");
  const email = `${userId.toLowerCase()}@customers.example`;
  await send("user/registered", { userId, email, name: "Ann" });
  await send("user/registered", { userId, email, name: "Ann" });
  const users = await shop.sql<{ id: string }>("SELECT id FROM users WHERE external_id = $1", [userId]);
  expect(users).toHaveLength(1);
  expect(await shop.emails(email)).toHaveLength(1);
  await send("user/profile-updated", { userId, profile: { name: "Anna", phone: "+4930123", shoeSize: 40 } });
  expect(
    await shop.sql("SELECT u.name, p.phone FROM users u JOIN profiles p ON p.user_id = u.id WHERE u.external_id = $1", [
      userId,
    ]),
  ).toEqual([{ name: "Anna", phone: "+4930123" }]);
  await shop.clock.advance(10 * MINUTE);
  const found = await manager.read<{ items: { name: string }[] }>(manager.get("/api/admin/customers?q=Anna"));
  expect(found.items.map(({ name }) => name)).toContain("Anna");
});

test("expense/submitted asks the managers; expense/approved decides, and a second decision changes nothing", async () => {
  const submitter = await signedIn(shop, "customer");
  const expenseId = unique("E");
  await send("expense/submitted", { expenseId, amount: 4_200, userId: submitter.id, description: "Train" });
  await send("expense/submitted", { expenseId, amount: 4_200, userId: submitter.id, description: "Train" });
  expect((await shop.emails(manager.email)).filter(({ text }) => text.includes("Train"))).toHaveLength(1);
  await send("expense/approved", { expenseId, managerId: manager.id, note: "Fine" });
  const second = await send("expense/rejected", { expenseId, managerId: manager.id });
  expect(second.output).toMatchObject({ reason: expect.any(String) });
  await shop.clock.advance(HOUR);
  const rows = await shop.sql<{ status: string; note: string }>(
    "SELECT status, note FROM expenses WHERE external_id = $1",
    [expenseId],
  );
  expect(rows).toEqual([{ status: expect.stringMatching(/approved|paid/), note: "Fine" }]);
  const stranger = await send("expense/approved", { expenseId, managerId: submitter.id });
  expect(stranger.status).toBe("FAILED");
  expect(JSON.stringify(stranger.output)).toContain("data.managerId");
});

test("notification/broadcast and notification/send-individual: once for each event, through consent", async () => {
  const id = unique("event");
  const segment = { type: "role", role: "manager" };
  for (let copy = 0; copy < 2; copy++)
    await post("notification/broadcast", { title: "A sale", message: "Today", segment }, { id, wait: 5 * MINUTE });
  expect(await shop.sql("SELECT id FROM broadcasts WHERE title = 'A sale'")).toHaveLength(1);
  const email = "one@customers.example";
  await send("notification/send-individual", { email, title: "Your table", message: "It is ready." });
  expect((await shop.emails(email)).map(({ subject }) => subject)).toEqual(["Your table"]);
  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'product_news', false, now())",
    [email],
  );
  await send("notification/send-individual", { email, title: "Your chair", message: "It is ready." });
  expect(await shop.emails(email)).toHaveLength(1);
});

test("data/import, data/process and api/call: one import, one job, one delivery for each event", async () => {
  const url = files.file("sku,name,price,currency\nEV-1,Lamp,12.50,EUR\n");
  const id = unique("event");
  for (let copy = 0; copy < 2; copy++) await post("data/import", { url }, { id, wait: 3 * MINUTE });
  expect(await shop.sql("SELECT status FROM imports WHERE url = $1", [url])).toEqual([{ status: "done" }]);
  await send("data/process", { id: "J-1" }, { wait: 3 * MINUTE });
  expect(await shop.sql("SELECT status FROM jobs WHERE created_by = 'storefront'")).toEqual([{ status: "done" }]);

  const calls: string[] = [];
  const target = files.at((request, response) => {
    request.on("data", (chunk) => calls.push(String(chunk)));
    request.on("end", () => response.writeHead(204).end());
  });
  const endpoint = { url: target, events: ["order.confirmed"] };
  expect((await manager.post("/api/account/webhooks", endpoint)).status).toBe(201);
  const run = await send("api/call", { userId: manager.id, payload: { hello: "world" } });
  expect(run.output).toMatchObject({ deliveries: [expect.any(String)] });
  expect(calls.map((body) => JSON.parse(body).data)).toEqual([{ hello: "world" }]);
});

test("email/sent is published for every email, without its address", async () => {
  const order = await confirmed();
  const [event] = await shop.sql<{ data: Record<string, unknown> }>(
    "SELECT o.data FROM outbox o JOIN emails e ON o.id = 'email-sent:' || e.id WHERE e.recipient = $1 AND e.kind = 'order_confirmed'",
    [order.email],
  );
  expect(event?.data).toMatchObject({ kind: "order_confirmed", subject: expect.stringContaining("is confirmed") });
  expect(JSON.stringify(event)).not.toContain(order.email);
});

test("a storefront's typed client names the events and their fields", async () => {
  const { createClient, storefrontEvents, EVENTS } = await import("@/lib/storefront-events");
  const event = storefrontEvents["order/cancelled"].create({ orderId: "A-1" });
  expect(event).toMatchObject({ name: EVENTS.ORDER_CANCELLED, data: { orderId: "A-1" } });
  expect(createClient("storefront").id).toBe("storefront");
});

test("code of the app triggers work by ids, and sends events of any names; the first wrong one is named and none is sent", async () => {
  const { batchSendEvents, triggerOrderProcessing, triggerUserRegistration } = await import("@/lib/inngest");
  const { orderId, data } = await newOrder();
  const wrong = { name: "order/created" as const, data: { orderId: "A-x", items: [] } };
  await expect(batchSendEvents([{ name: "order/created", data }, wrong])).rejects.toThrow(
    /order\/created.*data\.items/,
  );
  expect(await shop.sql("SELECT 1 FROM orders WHERE external_id = $1", [orderId])).toEqual([]);
  await batchSendEvents([
    { name: "order/created", data },
    { name: "data/process", data: {} },
  ]);
  await shop.clock.advance(MINUTE);
  const order = await ordered(orderId);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  await triggerOrderProcessing(order.id);
  const customer = await signedIn(shop, "customer");
  await triggerUserRegistration(customer.id);
  // Its subject depends on the variant of an experiment.
  const welcomes = async () =>
    (await shop.sql("SELECT 1 FROM emails WHERE recipient = $1 AND kind = 'drip_welcome'", [customer.email])).length;
  // A busy provider gives the email a later slot.
  await shop.clock.runUntil(async () => (await welcomes()) > 0, HOUR);
  await shop.clock.advance(MINUTE);
  expect([await welcomes(), (await shop.money(order.id)).succeeded]).toEqual([1, 1]);
});
