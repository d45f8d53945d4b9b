import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { killAt, loseRunsOf, onStatement } from "./fault-injection";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** The engine loses the run that plans or delivers a webhook. */
const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({
  wires: true,
  env: { RECONCILE_EVERY_MINUTES: "10", WEBHOOK_TIMEOUT_MS: "300" },
  only: [
    ...["process-order", "cancel-order", "process-refund", "apply-payment-webhook", "reconcile"],
    ...["plan-webhook-deliveries", "call-external-api"],
  ],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

let count = 0;
/** Creates an endpoint; `calls` are the event types of its calls. */
async function webhook(events: string[]) {
  const path = `/lost${++count}`;
  const { id } = await manager.read<{ id: string }>(
    manager.post("/api/account/webhooks", { url: receiver.url + path, events }),
    201,
  );
  const calls = () =>
    receiver.calls
      .filter((call) => call.path === path)
      .map(({ body }) => (JSON.parse(String(body)) as { type: string }).type);
  return { id, path, calls, remove: () => manager.remove(`/api/account/webhooks/${id}`) };
}

/** Returns a delivery whose first call has failed; `failures` calls fail in all. */
async function failedOnce(failures = 1) {
  const { id, path, ...hook } = await webhook(["order.confirmed"]);
  receiver.fault(path, ...Array(failures).fill({ status: 500, body: {} }));
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  const calls = () => hook.calls().length;
  expect(calls()).toBe(1);
  const deliveries = async () => {
    const { items } = await manager.read<{ items: { id: string; status: string; attempts: number }[] }>(
      manager.get(`/api/account/webhooks/${id}/deliveries`),
    );
    return items;
  };
  return { calls, deliveries, remove: hook.remove };
}

test("an endpoint that is enabled after an event does not get it", async () => {
  const hook = await webhook(["order.confirmed"]);
  const path = `/api/account/webhooks/${hook.id}`;
  await manager.read(manager.patch(path, { enabled: false }));
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  await manager.read(manager.patch(path, { enabled: true }));
  await shop.clock.advance(15 * MINUTE);
  expect(hook.calls()).toEqual([]);
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  expect(hook.calls()).toEqual(["order.confirmed"]);
  await hook.remove();
});

test("the run that plans the deliveries is lost: each event is delivered once, within a quarter of an hour", async () => {
  const hook = await webhook(["order.confirmed", "order.shipped", "order.cancelled", "order.refunded"]);
  let placed: Placed | undefined;
  const losing = (work: () => Promise<unknown>, runs?: number) =>
    loseRunsOf(shop, "plan-webhook-deliveries", work, runs);
  await losing(async () => {
    placed = await shop.checkout(await shop.product(1));
  });
  expect(hook.calls()).toEqual([]);
  await shop.clock.advance(15 * MINUTE);
  expect(hook.calls()).toEqual(["order.confirmed"]);
  await losing(() => manager.post(`/api/admin/orders/${placed?.id}/ship`, { carrier: "DHL", trackingNumber: "1" }));
  await shop.clock.advance(15 * MINUTE);
  expect(hook.calls()).toEqual(["order.confirmed", "order.shipped"]);
  const other = await shop.checkout(await shop.product(1));
  await shop.settle();
  // Its cancellation and its refund are two events.
  await losing(() => shop.cancel(other), 2);
  await shop.clock.advance(15 * MINUTE);
  const four = ["order.confirmed", "order.shipped", "order.confirmed", "order.cancelled", "order.refunded"].sort();
  expect(hook.calls().sort()).toEqual(four);
  await shop.clock.advance(HOUR);
  expect(hook.calls().sort()).toEqual(four);
  await hook.remove();
});

test("planned deliveries are not planned again, and a later endpoint gets no earlier event", async () => {
  const found = async () => (await shop.sql("SELECT found FROM sweeps WHERE name = 'unplanned-webhook-deliveries'"))[0];
  const hook = await webhook(["order.confirmed"]);
  const before = await found();
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  expect(hook.calls()).toHaveLength(1);
  const later = await webhook(["order.confirmed"]);
  await shop.clock.advance(HOUR);
  expect([hook.calls().length, later.calls().length]).toEqual([1, 0]);
  expect(await found()).toEqual(before);
  await Promise.all([hook.remove(), later.remove()]);
});

test("the database is down for three hours: the delivery continues when it is back", async () => {
  const { calls, deliveries, remove } = await failedOnce();
  const restore = onStatement((sql) => (sql.includes("webhook_deliveries") ? { sqlState: "57P03" } : undefined));
  await shop.clock.advance(3 * HOUR);
  expect(calls()).toBe(1);
  restore();
  await shop.clock.advance(2 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([2, "delivered"]);
  await remove();
});

test("lost between two calls: the endpoint is called again once, when no run can still be waiting", async () => {
  const { calls, deliveries, remove } = await failedOnce();
  expect(await shop.loseRuns("call-external-api")).toBe(1);
  await shop.clock.advance(15 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([1, "pending"]);
  await shop.clock.advance(2 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([2, "delivered"]);
  await shop.clock.advance(HOUR);
  expect(calls()).toBe(2);
  await remove();
});

test("a run that waits for half a day between two calls is not started a second time", async () => {
  const { calls, deliveries, remove } = await failedOnce(8);
  await shop.clock.advance(40 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([8, "failed"]);
  await remove();
});

test("the process ends while it tests an endpoint whose circuit was open: another one tests it, and all events are delivered", async () => {
  const hook = await webhook(["order.confirmed"]);
  receiver.fault(hook.path, ...Array(5).fill({ status: 500, body: {} }));
  for (let orders = 0; orders < 5; orders++) await shop.checkout(await shop.product(1));
  // The results of the five failed calls are stored, that of the test is not.
  const restart = killAt(shop, { sql: /SELECT failures, url = .+ FROM webhook_endpoints/, skip: 5 });
  await shop.clock.advance(5 * MINUTE);
  restart();
  await shop.clock.advance(2 * HOUR);
  const list = manager.get(`/api/account/webhooks/${hook.id}/deliveries`);
  const { items } = await manager.read<{ items: { status: string }[] }>(list);
  expect(items.map(({ status }) => status)).toEqual(Array(5).fill("delivered"));
  await hook.remove();
});
