import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

interface Document {
  paths: {
    "/api/admin/orders/{id}": {
      get: { responses: { 200: { content: { "application/json": { schema: z.core.JSONSchema.ObjectSchema } } } } };
    };
  };
}

interface Listed {
  items: { id: string; status: string; email: string }[];
  nextCursor: string | null;
}

test("orders are listed for managers, newest first, page by page, by state and by customer", async () => {
  const product = await shop.product(10);
  const placed = [];
  for (let i = 0; i < 3; i++) {
    placed.push(await shop.checkout(product));
    await shop.clock.advance(12_000);
  }
  const declined = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  const manager = await signedIn(shop);
  const list = async (query: string): Promise<Listed> => (await manager.get(`/api/admin/orders?${query}`)).json();

  const first = await list("limit=2");
  expect(first.items.map(({ id }) => id)).toEqual([declined.id, placed[2]?.id]);
  const second = await list(`limit=2&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ id: placed[1]?.id }, { id: placed[0]?.id }], nextCursor: null });
  expect((await list("status=failed")).items.map(({ id }) => id)).toEqual([declined.id]);
  expect((await list(`q=${encodeURIComponent(placed[0]?.email ?? "")}`)).items.map(({ id }) => id)).toEqual([
    placed[0]?.id,
  ]);
  expect((await list("q=%25")).items).toEqual([]);
  expect((await manager.get("/api/admin/orders?status=lost")).status).toBe(422);
  expect((await manager.get("/api/admin/orders?cursor=abc")).status).toBe(422);
});

test("a whole address finds the orders of its customer, and not those of an address that ends in it", async () => {
  const product = await shop.product(10);
  const [own] = await Promise.all(
    ["ann@whole.example", "joann@whole.example"].map((email) => shop.checkout(product, { email })),
  );
  await shop.settle();
  const manager = await signedIn(shop);
  const found = async (q: string): Promise<string[]> => {
    const page: Listed = await (await manager.get(`/api/admin/orders?q=${q}`)).json();
    return page.items.map(({ email }) => email).sort();
  };
  expect(await found("Ann%40whole.example")).toEqual([own?.email]);
  expect(await found("nn%40whole.example")).toEqual(["ann@whole.example", "joann@whole.example"]);
});

test("an order is found by a name of any script, whole or by a part, and however its letters are composed", async () => {
  const product = await shop.product(10);
  const names = ["王芳", "सीता देवी", "Ирина Петрова", "Zoe\u0301 Martin"];
  const placed = await Promise.all(names.map((name) => shop.checkout(product, { name })));
  await shop.settle();
  const manager = await signedIn(shop);
  const found = async (q: string): Promise<(string | undefined)[]> => {
    const page: Listed = await (await manager.get(`/api/admin/orders?q=${encodeURIComponent(q)}`)).json();
    return page.items.map(({ id }) => names[placed.findIndex((order) => order.id === id)]);
  };
  for (const [q, index] of [
    ["王芳", 0],
    ["सीता", 1],
    ["петров", 2],
    ["Zo\u00e9", 3],
    ["Zoe\u0301", 3],
  ] as const)
    expect(await found(q), q).toEqual([names[index]]);
  expect(await found("王")).toEqual([]);
});

test("a search finds an order by number, name, SKU, payment and tracking number; a page has its place among all", async () => {
  const { findOrders, orderTableSchema } = await import("@/lib/orders/list-orders");
  const product = await shop.product(10, 7_700);
  const placed = await shop.checkout(product, { name: "Ada Lovelace" });
  await shop.settle();
  const manager = await signedIn(shop);
  const shipment = { carrier: "DHL", trackingNumber: "JJD0001" };
  expect((await manager.post(`/api/admin/orders/${placed.id}/ship`, shipment)).status).toBe(201);
  const [row] = await shop.sql<{ number: number; intent: string; sku: string }>(
    `SELECT o.number, p.intent_id AS intent, l.sku FROM orders o JOIN payments p ON p.order_id = o.id
     JOIN order_lines l ON l.order_id = o.id WHERE o.id = $1`,
    [placed.id],
  );
  const find = (query: Record<string, unknown>) => findOrders(orderTableSchema.parse(query));
  const searches = [`${row?.number}`, `#${row?.number}`, "lovelace", row?.sku, row?.intent, "JJD0001", placed.id];
  for (const q of searches)
    expect(
      (await find({ q })).items.map(({ id }) => id),
      q,
    ).toEqual([placed.id]);
  // The search of the whole console: also its products, its emails and the run of the order.
  const searchAll = (q?: string) => manager.get(`/api/admin/search?q=${encodeURIComponent(q ?? "")}`);
  expect(await (await searchAll(row?.sku)).json()).toMatchObject({
    orders: { items: [{ id: placed.id, total: { amount: 7_700, currency: "EUR" } }], more: false },
    products: { items: [{ sku: row?.sku, available: 9 }], more: false },
    runs: [{ name: `process-order, order ${row?.number}` }],
  });
  await shop.clock.advance(12_000);
  const { customers, emails } = await (await searchAll(placed.email)).json();
  expect(customers).toEqual({ items: [], more: false });
  expect(emails.items.map(({ to }: { to: string }) => to)).toContain(placed.email);
  expect((await searchAll("")).status).toBe(422);
  expect((await find({ product: row?.sku, min: "77", max: "77.00" })).total).toBe(1);
  expect((await find({ product: row?.sku, min: "77.01" })).total).toBe(0);
  expect((await find({ dispute: "open" })).items).toEqual([]);
  expect((await find({ sort: "highest" })).items[0]?.id).toBe(placed.id);

  await shop.sql(
    `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
     SELECT 'ord_y' || n, 't', 'failed', n, 'EUR', 'page@y.example', 'pm', 'payment_declined', '2026-01-01', '2025-12-01', '2026-01-01'
     FROM generate_series(1, 30) n`,
  );
  const second = await find({ q: "page@y", sort: "lowest", page: "2" });
  expect(second).toMatchObject({ page: 2, size: 25, total: 30, more: false });
  expect(second.items.map(({ total }) => total.amount)).toEqual([26, 27, 28, 29, 30]);
});

test("a lowest and a highest total are amounts of the order's currency, with its minor units", async () => {
  const { findOrders, orderTableSchema } = await import("@/lib/orders/list-orders");
  const totals = [
    ["EUR", 1_250],
    ["EUR", 1_251],
    ["JPY", 12],
    ["JPY", 13],
    ["KWD", 12_500],
    ["KWD", 12_510],
  ];
  for (const [currency, amount] of totals)
    await shop.sql(
      `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
       VALUES ('ord_' || $1::text || $2::int, 't', 'failed', $2, $1, 'total@units.example', 'pm', 'payment_declined', now(), now(), now())`,
      [currency, amount],
    );
  const find = async (range: Record<string, string>) =>
    (await findOrders(orderTableSchema.parse({ q: "total@units.example", ...range }))).items.map(({ id }) => id).sort();
  expect(await find({ min: "12.51" })).toEqual(["ord_EUR1251", "ord_JPY13", "ord_KWD12510"]);
  expect(await find({ max: "12,5" })).toEqual(["ord_EUR1250", "ord_JPY12", "ord_JPY13", "ord_KWD12500"]);
  expect(await find({ min: "12.50", max: "12.505" })).toEqual([
    "ord_EUR1250",
    "ord_EUR1251",
    "ord_JPY13",
    "ord_KWD12500",
  ]);
});

test("the index of totals has the currencies without two decimal places", async () => {
  const { CURRENCIES_BY_DIGITS } = await import("@/lib/money");
  const [index] = await shop.sql<{ definition: string }>(
    "SELECT pg_get_indexdef('orders_other_minor_units'::regclass) AS definition",
  );
  const listed = index?.definition.match(/[A-Z]{3}(?=')/g) ?? [];
  expect(listed.sort()).toEqual(CURRENCIES_BY_DIGITS.flatMap(({ currencies }) => currencies).sort());
});

test("an order is shown in full: payments, emails and the page of its run", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const order = await (await manager.get(`/api/admin/orders/${placed.id}`)).json();
  expect(order).toMatchObject({
    status: "confirmed",
    customer: { email: placed.email },
    payments: [{ attempt: 1, status: "succeeded", captured: { amount: 2500, currency: "EUR" } }],
    emails: [{ kind: "order_confirmed", status: "sent" }],
  });
  expect(await (await fetch(order.runUrl)).text()).toContain("Process an order");
  expect((await manager.get("/api/admin/orders/ord_nowhere")).status).toBe(404);
});

test("the API document describes every field of an order with all of its parts", async () => {
  const manager = await signedIn(shop);
  const placed = await shop.checkout(await shop.product(2), { phone: "+4930123456" });
  await shop.clock.advance(12_000);
  const path = `/api/admin/orders/${placed.id}`;
  await manager.read(manager.post(`${path}/ship`, { carrier: "DHL", trackingNumber: "1" }), 201);
  const refund = { amount: 500, reason: "A scratch" };
  await manager.read(manager.post(`${path}/refund`, refund, { "idempotency-key": "one" }), 201);
  await manager.read(manager.post(`${path}/notes`, { text: "A friendly customer" }), 201);
  await manager.read(manager.put(`${path}/tags`, { tags: ["vip"] }));
  await shop.sql(
    `WITH review AS (INSERT INTO order_reviews (order_id, status, created_at, due_at) VALUES ($1, 'noted', now(), now()))
     INSERT INTO disputes (id, payment_id, order_id, amount, currency, reason, status, created_at, updated_at)
     SELECT 'dp_1', id, order_id, 500, 'EUR', 'fraudulent', 'won', now(), now() FROM payments WHERE order_id = $1`,
    [placed.id],
  );
  await shop.settle();

  const order = await manager.read<object>(manager.get(path));
  expect(order).toMatchObject({
    ...{ status: "shipped", refunds: [{ status: "succeeded" }], review: { status: "noted" }, tags: ["vip"] },
    ...{ disputes: [{ id: "dp_1" }], notes: [{ text: "A friendly customer" }] },
    messages: expect.arrayContaining([expect.objectContaining({ channel: "sms" })]),
    runs: expect.arrayContaining([expect.objectContaining({ event: "order/shipped" })]),
  });
  const document = (await (await fetch(`${shop.app}/api/openapi.json`)).json()) as Document;
  const { schema } = document.paths["/api/admin/orders/{id}"].get.responses[200].content["application/json"];
  expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(order)));
  expect(z.fromJSONSchema(schema).safeParse(order).data).toEqual(order);
});

test("emails are listed with their status, by recipient", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12_000);
  const manager = await signedIn(shop);
  const { items } = await (
    await manager.get(`/api/admin/emails?kind=order_confirmed&to=${encodeURIComponent(placed.email.toUpperCase())}`)
  ).json();
  expect(items).toMatchObject([
    { kind: "order_confirmed", to: placed.email, status: "sent", lastEvent: "email.delivered" },
  ]);
  expect((await manager.get("/api/admin/emails?limit=0")).status).toBe(422);
  const count = async (query: string) =>
    (await manager.read<{ items: unknown[] }>(manager.get(`/api/admin/emails?${query}`))).items.length;
  const part = encodeURIComponent(placed.email.slice(1).toUpperCase());
  expect([await count(`q=${part}&kind=order_confirmed&status=sent`), await count(`q=${part}&kind=digest`)]).toEqual([
    1, 0,
  ]);
  const { id } = items[0];
  expect(await manager.read(manager.get(`/api/admin/emails/${id}`))).toMatchObject({
    content: { text: expect.stringContaining("Thank you."), html: expect.stringContaining("<html") },
    personal: false,
  });
  const again = () => manager.post(`/api/admin/emails/${id}/resend`, undefined, { "Idempotency-Key": "again" });
  await manager.read(again(), 202);
  await manager.read(again(), 202);
  await shop.settle();
  expect((await shop.emails(placed.email)).filter(({ subject }) => /is confirmed/.test(subject))).toHaveLength(2);
});

test("an email with a link that acts for its recipient is neither shown nor sent again", async () => {
  const manager = await signedIn(shop);
  const [row] = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE kind = 'verify_email' LIMIT 1");
  const view = await manager.read<{ content: unknown }>(manager.get(`/api/admin/emails/${row?.id}`));
  expect(view).toMatchObject({ content: null, personal: true });
  const key = { "Idempotency-Key": "x" };
  expect((await manager.post(`/api/admin/emails/${row?.id}/resend`, undefined, key)).status).toBe(409);
  expect((await manager.get("/api/admin/emails/email_nowhere")).status).toBe(404);
});

test("a customer and a stranger get no list", async () => {
  const customer = await signedIn(shop, "customer");
  for (const path of [
    "/api/admin/orders",
    "/api/admin/orders/ord_nowhere",
    "/api/admin/emails",
    "/api/admin/search?q=a",
  ]) {
    expect((await fetch(`${shop.app}${path}`)).status).toBe(401);
    expect((await customer.get(path)).status).toBe(403);
  }
});
