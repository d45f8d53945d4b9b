import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, openShop, SECOND } from "./shop";

const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
// As in production: only https, and only to the public internet.
const shop = openShop({
  env: { ALLOW_PRIVATE_TARGETS: "0" },
  only: ["process-order", "plan-webhook-deliveries", "call-external-api"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const create = (url: string, who = manager, events = ["order.confirmed"]) =>
  who.post("/api/account/webhooks", { url, events });

test.each([
  "http://partner.example/hook",
  "https://127.0.0.1/hook",
  "https://localhost/hook",
  "https://[::1]/hook",
  "https://169.254.169.254/latest/meta-data",
  "https://10.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://user:pass@partner.example/",
  "ftp://partner.example/",
  "nonsense",
])("%s is refused as a target", async (url) => {
  const { errors } = await manager.read<{ errors: { path: string }[] }>(create(url), 422);
  expect(errors[0]?.path).toBe("url");
});

test("a private address is also refused at the call, which is not made", async () => {
  const { id } = await manager.read<{ id: string }>(create("https://partner.example/hook"), 201);
  await shop.sql("UPDATE webhook_endpoints SET url = $2 WHERE id = $1", [
    id,
    `https://localhost:${new URL(receiver.url).port}/`,
  ]);
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  const [attempt] = await shop.sql("SELECT status, detail FROM webhook_attempts");
  expect(attempt).toMatchObject({
    status: null,
    detail: expect.stringContaining("not an address on the public internet"),
  });
  expect(receiver.calls).toHaveLength(0);
  await manager.remove(`/api/account/webhooks/${id}`);
});

test("an endpoint of somebody else is not found, and an anonymous request gets 401", async () => {
  const { id } = await manager.read<{ id: string }>(create("https://partner.example/own"), 201);
  const other = await signedIn(shop, "manager");
  const path = `/api/account/webhooks/${id}`;
  for (const answer of [
    other.get(path),
    other.patch(path, { enabled: false }),
    other.remove(path),
    other.get(`${path}/deliveries`),
    other.get(`${path}/deliveries/whd_x`),
    other.post(`${path}/deliveries/whd_x/redeliver`),
  ])
    expect((await answer).status).toBe(404);
  expect((await fetch(`${shop.app}/api/account/webhooks`)).status).toBe(401);
  await manager.remove(path);
});

test("a customer's endpoint receives events of the customer's own orders only", async () => {
  const customer = await signedIn(shop, "customer");
  const { id } = await customer.read<{ id: string }>(create("https://partner.example/mine", customer), 201);
  const [own, foreign] = [await shop.checkout(await shop.product(1)), await shop.checkout(await shop.product(1))];
  await shop.sql("UPDATE orders SET user_id = $2 WHERE id = $1", [own.id, customer.id]);
  await shop.clock.advance(2 * SECOND);
  const bodies = await shop.sql<{ body: string }>("SELECT body FROM webhook_deliveries WHERE endpoint_id = $1", [id]);
  expect(bodies).toHaveLength(1);
  expect(bodies[0]?.body).toContain(own.id);
  expect(bodies[0]?.body).not.toContain(foreign.id);
  await customer.remove(`/api/account/webhooks/${id}`);
});

test("an invalid field is refused by name, and a user has ten endpoints at most", async () => {
  const url = "https://partner.example/x";
  for (const [body, path] of [
    [{ url }, "events"],
    [{ url, events: [] }, "events"],
    [{ url, events: ["order.eaten"] }, "events.0"],
    // A URL parser drops it.
    [{ url: `${url}\u0000`, events: ["order.shipped"] }, "url"],
    [{ url, events: ["order.shipped"], secret: "mine" }, "secret"],
  ] as const) {
    const { errors } = await manager.read<{ errors: { path: string }[] }>(
      manager.post("/api/account/webhooks", body),
      422,
    );
    expect(errors[0]?.path).toBe(path);
  }
  const many = await signedIn(shop, "customer");
  const answers = await Promise.all(Array.from({ length: 15 }, () => create(url, many)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
});

test("an event for an unknown delivery ends without retries and says so", async () => {
  const event = { name: "api/call", id: "ghost", data: { deliveryId: "whd_ghost", userId: manager.id } };
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(event) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  expect(await runs.json()).toMatchObject({
    data: [{ status: "COMPLETED", output: { outcome: "There is no such delivery." } }],
  });
});
