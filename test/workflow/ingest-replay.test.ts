import { afterEach, expect, test } from "vitest";
import { watch } from "./fault-injection";
import { openFileServer } from "./file-server";
import { signedIn } from "./operator";
import { audit, MINUTE } from "./shop";
import { openStorefront } from "./storefront";

/** Every call of the app that takes in an event arrives twice, as after an answer that was lost. */
const { shop, manager, unique, post, ordered, newOrder } = openStorefront({ wires: true });
const files = openFileServer();
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

test("an event that is taken in twice creates one thing", async () => {
  const submitter = await signedIn(shop, "customer");
  const hook = files.hook();
  const endpoint = { url: hook.url, events: ["order.confirmed"] };
  expect((await submitter.post("/api/account/webhooks", endpoint)).status).toBe(201);
  const url = files.file("sku,name,price,currency\nRE-1,Lamp,12.50,EUR\n");
  const paid = await newOrder();
  const linked = await newOrder({ paymentMethod: undefined });
  await post("order/created", linked.data, {});
  let repeated = 0;
  watch(shop, (call, stage) => {
    if (call.to !== "app" || stage !== "before" || !/fnId=steadfast-ingest/.test(call.path)) return undefined;
    repeated++;
    return "again";
  });
  const [userId, expenseId, email] = [unique("U"), unique("E"), "replay@customers.example"];
  const events: [string, object][] = [
    ["order/created", paid.data],
    ["payment/completed", { orderId: linked.orderId, paymentId: unique("PAYPAL"), amount: 5_000, provider: "paypal" }],
    ["order/shipped", { orderId: "X-1", email }],
    ["user/registered", { userId, email: "new@customers.example", name: "Ann" }],
    ["expense/submitted", { expenseId, amount: 900, userId: submitter.id, description: "Taxi" }],
    ["notification/broadcast", { title: "Replay", message: "Today", segment: { type: "role", role: "manager" } }],
    ["notification/send-individual", { email, title: "Replay", message: "Today" }],
    ["data/import", { url }],
    ["data/process", { id: "J-replay" }],
    ["api/call", { userId: submitter.id, payload: {} }],
  ];
  for (const [name, data] of events) await post(name, data, {});
  await shop.clock.advance(10 * MINUTE);
  expect(repeated).toBeGreaterThanOrEqual(events.length);
  for (const { orderId } of [paid, linked]) {
    const order = await ordered(orderId);
    expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
    expect((await shop.notifications(order)).filter((kind) => kind === "confirmed")).toHaveLength(1);
  }
  expect((await shop.money((await ordered(paid.orderId)).id)).succeeded).toBe(1);
  const count = async (sql: string, ...values: string[]) => (await shop.sql(sql, values)).length;
  expect({
    payments: await count("SELECT 1 FROM payments WHERE provider = 'paypal'"),
    users: await count("SELECT 1 FROM users WHERE external_id = $1", userId),
    expenses: await count("SELECT 1 FROM expenses WHERE external_id = $1", expenseId),
    broadcasts: await count("SELECT 1 FROM broadcasts WHERE title = 'Replay'"),
    imports: await count("SELECT 1 FROM imports WHERE url = $1", url),
    jobs: await count("SELECT 1 FROM jobs WHERE metadata->>'id' = 'J-replay'"),
    calls: hook.bodies.length,
  }).toEqual({ payments: 1, users: 1, expenses: 1, broadcasts: 1, imports: 1, jobs: 1, calls: 1 });
  expect((await shop.emails(email)).map(({ subject }) => subject).sort()).toEqual([
    "Replay",
    "Your order has been shipped",
  ]);
  const asked = (await shop.emails(manager.email)).filter(({ text }) => text.includes("Taxi"));
  expect(asked).toHaveLength(1);
});
