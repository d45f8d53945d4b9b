import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach, expect, test } from "vitest";
import { openFileServer } from "./file-server";
import { signedIn } from "./operator";
import { audit, HOUR, MINUTE } from "./shop";
import { openStorefront } from "./storefront";

/** What else a storefront sends over the event API: users, expenses, messages, imports and jobs. */
const { shop, manager, unique, send, post, ordered, newOrder, confirmed } = openStorefront();
const files = openFileServer();
afterEach(audit);

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

test.each(["approved", "rejected"])("expense/%s as the first decision of an expense decides it", async (decision) => {
  const submitter = await signedIn(shop, "customer");
  const expenseId = unique("E");
  await send("expense/submitted", { expenseId, amount: 4_200, userId: submitter.id });
  await send(`expense/${decision}`, { expenseId, managerId: manager.id });
  await shop.clock.advance(HOUR);
  const rows = await shop.sql<{ status: string }>("SELECT status FROM expenses WHERE external_id = $1", [expenseId]);
  expect(rows).toEqual([{ status: expect.stringMatching(decision === "approved" ? /approved|paid/ : /rejected/) }]);
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
  const named = { email: "two@customers.example", name: "Ann Lee", title: "A letter", message: "Dear {first_name}" };
  await send("notification/send-individual", named);
  expect((await shop.emails(named.email))[0]?.text).toContain("Dear Ann");
  const bounced = "three@customers.example";
  await shop.sql("INSERT INTO email_suppressions (address, reason, at) VALUES ($1, 'bounced', now())", [bounced]);
  await send("notification/send-individual", { ...named, email: bounced });
  expect(await shop.emails(bounced)).toEqual([]);
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
  await send("data/process", { id: "J-1", data: { since: 2024 } }, { wait: 3 * MINUTE });
  const { items } = await manager.read<{ items: object[] }>(manager.get("/api/admin/jobs"));
  expect(items).toMatchObject([{ status: "done", metadata: { id: "J-1", data: { since: 2024 } } }]);

  const { url: target, bodies: calls } = files.hook();
  const endpoint = { url: target, events: ["order.confirmed"] };
  expect((await manager.post("/api/account/webhooks", endpoint)).status).toBe(201);
  const run = await send("api/call", { userId: manager.id, payload: { hello: "world" } });
  expect(run.output).toMatchObject({ deliveries: [expect.any(String)] });
  expect(calls.map((body) => JSON.parse(body).data)).toEqual([{ hello: "world" }]);
});

test("api/call in full calls at most a hundred times a minute for each user", async () => {
  const caller = await signedIn(shop, "customer");
  const { url, bodies } = files.hook();
  expect((await caller.post("/api/account/webhooks", { url, events: ["order.confirmed"] })).status).toBe(201);
  await post("api/call", { userId: caller.id }, { copies: 150, wait: 30_000 });
  expect(bodies.length).toBeGreaterThan(0);
  expect(bodies.length).toBeLessThanOrEqual(100);
  await shop.clock.advance(2 * MINUTE);
  expect(bodies).toHaveLength(150);
});

test("each event is accepted with the id of what exists", async () => {
  const order = await confirmed();
  const [userId, expenseId] = [unique("U"), unique("E")];
  const user = { userId, email: `${userId.toLowerCase()}@customers.example`, name: "Ann" };
  await send("user/registered", user);
  await send("expense/submitted", { expenseId, amount: 900, userId });
  const [broadcast] = await shop.sql<{ id: string }>("SELECT id FROM broadcasts LIMIT 1");
  const [known] = await shop.sql<{ id: string }>("SELECT id FROM users WHERE external_id = $1", [userId]);
  const [expense] = await shop.sql<{ id: string }>("SELECT id FROM expenses WHERE external_id = $1", [expenseId]);
  const shorts: [string, object, object][] = [
    ["order/created", { orderId: order.externalId }, { orderId: order.id }],
    ["payment/process", { orderId: order.externalId }, { orderId: order.id }],
    ["payment/completed", { orderId: order.externalId }, { outcome: "succeeded" }],
    ["payment/failed", { orderId: order.externalId }, { orderId: order.id }],
    ["user/registered", { userId }, { userId: known?.id, outcome: "known" }],
    ["user/profile-updated", { userId }, { userId: known?.id, changed: [] }],
    ["expense/submitted", { expenseId }, { expenseId: expense?.id, outcome: "known" }],
    ["order/shipped", { orderId: order.externalId }, { orderId: order.id }],
  ];
  for (const [name, data, output] of shorts)
    expect([name, await send(name, data)]).toMatchObject([name, { status: "COMPLETED", output }]);
  expect(await shop.order(order)).toMatchObject({ status: "shipped" });
  expect((await shop.emails(user.email)).length).toBe(1);
  expect((await shop.emails(manager.email)).filter(({ text }) => text.includes(`Expense ${expenseId}`))).toHaveLength(
    1,
  );
  const [sent] = await post("notification/broadcast", { broadcastId: broadcast?.id }, {});
  const { data: runs } = await (await fetch(`${shop.inngest}/v1/events/${sent}/runs`)).json();
  expect(runs).toMatchObject([{ status: "Completed", output: { skipped: "done" } }]);
});

test("email/sent is published for every email of a broadcast, without names and addresses", async () => {
  const title = unique("Hello {name}");
  await send("notification/broadcast", { title, message: "Today", segment: { type: "role", role: "manager" } });
  await shop.clock.advance(5 * MINUTE);
  const sent = await shop.sql<{ data: object }>("SELECT data FROM outbox WHERE data->>'kind' = 'broadcast'");
  expect(sent.map(({ data }) => data)).toContainEqual({
    ...{ emailId: expect.stringContaining(manager.id), kind: "broadcast", subject: title },
    to: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
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

test("a storefront's typed client names the events and their fields, and needs only inngest and zod", async () => {
  const path = createRequire(import.meta.url).resolve("steadfast/events");
  const imports = [...readFileSync(path, "utf8").matchAll(/from "(.+)"/g)].map(([, name]) => name);
  expect(imports.filter((name) => name !== "steadfast/events").sort()).toEqual(["inngest", "zod"]);
  const { createClient, storefrontEvents, EVENTS }: typeof import("@/lib/storefront-events") = await import(path);
  const client = createClient("storefront");
  const items = [{ productId: "p", quantity: "1" }];
  // @ts-expect-error: a quantity is a number.
  const wrong = () => client.send({ name: "order/created", data: { orderId: "A-1", items } });
  // @ts-expect-error: there is no such event.
  const unknown = () => client.send({ name: "order/packed", data: { orderId: "A-1" } });
  const created = () => client.send(storefrontEvents["order/cancelled"].create({ orderId: "A-1" }));
  expect([wrong, unknown, created]).toHaveLength(3);
  const event = storefrontEvents["order/cancelled"].create({ orderId: "A-1" });
  expect(event).toMatchObject({ name: EVENTS.ORDER_CANCELLED, data: { orderId: "A-1" } });
  expect(client.id).toBe("storefront");
});

test("code of the app triggers work by ids, and sends events of any names; the first wrong one is named and none is sent", async () => {
  const { batchSendEvents, triggerOrderProcessing, triggerUserRegistration } = await import("@/lib/inngest");
  const { orderId, data } = await newOrder();
  const wrong = { name: "order/created" as const, data: { orderId: "A-x", items: [] } };
  await expect(batchSendEvents([{ name: "order/created", data }, wrong])).rejects.toThrow(
    /order\/created.*data\.items/,
  );
  expect(await shop.sql("SELECT 1 FROM orders WHERE external_id = $1", [orderId])).toEqual([]);
  await expect(batchSendEvents([{ name: "inngest/function.failed" }])).rejects.toThrow(/reserved/);
  await batchSendEvents([
    { name: "order/created", data },
    { name: "kiosk/opened", data: { kiosk: 7 } },
  ]);
  await shop.clock.advance(MINUTE);
  const seen = await (await fetch(`${shop.inngest}/v1/events?name=kiosk/opened`)).json();
  expect(seen.data).toMatchObject([{ name: "kiosk/opened", data: { kiosk: 7 } }]);
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
