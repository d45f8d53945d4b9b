import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Call, startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({
  env: { WEBHOOK_TIMEOUT_MS: "300" },
  only: [
    "process-order",
    "cancel-order",
    "process-refund",
    "apply-payment-webhook",
    "plan-webhook-deliveries",
    "call-external-api",
  ],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

interface Webhook {
  id: string;
  secret: string;
  path: string;
}
interface Delivery {
  id: string;
  event: string;
  status: string;
  attempts: number;
  log: { status: number | null; detail: string }[];
}

let count = 0;
async function webhook(events: string[], owner = manager): Promise<Webhook> {
  const path = `/hook${++count}`;
  const made = await owner.read<Webhook>(
    owner.post("/api/account/webhooks", { url: receiver.url + path, events }),
    201,
  );
  return { ...made, path };
}
const calls = ({ path }: Webhook) => receiver.calls.filter((call) => call.path === path);
const base = ({ id }: Webhook) => `/api/account/webhooks/${id}`;
async function deliveries(hook: Webhook): Promise<Delivery[]> {
  const { items } = await manager.read<{ items: Delivery[] }>(manager.get(`${base(hook)}/deliveries`));
  return Promise.all(items.map(({ id }) => manager.read<Delivery>(manager.get(`${base(hook)}/deliveries/${id}`))));
}
async function confirmed(): Promise<Placed> {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  return placed;
}
const payloadOf = (call: Call | undefined) =>
  JSON.parse(String(call?.body)) as { id: string; type: string; data: { orderId: string } };
const remove = (hook: Webhook) => manager.remove(base(hook));

test("each event of an order is delivered once, with a signature that any Standard Webhooks library accepts", async () => {
  const hook = await webhook(["order.confirmed", "order.cancelled", "order.refunded"]);
  const placed = await confirmed();
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(MINUTE);
  expect(
    calls(hook)
      .map((call) => payloadOf(call).type)
      .sort(),
  ).toEqual(["order.cancelled", "order.confirmed", "order.refunded"]);
  for (const call of calls(hook)) {
    const {
      "webhook-id": id = "",
      "webhook-timestamp": timestamp = "",
      "webhook-signature": signature = "",
    } = call.headers;
    const headers = { id, timestamp, signature };
    // Resend's library contains Svix's verification, which implements Standard Webhooks.
    const payload = new Resend("re_x").webhooks.verify({
      payload: String(call.body),
      headers,
      webhookSecret: hook.secret,
    });
    expect(payload).toMatchObject({ id, data: { orderId: placed.id } });
    expect(String(call.body)).not.toContain(placed.email);
  }
  const { items } = await manager.read<{ items: Record<string, unknown>[] }>(manager.get("/api/account/webhooks"));
  expect(items.find(({ id }) => id === hook.id)).not.toHaveProperty("secret");
  await remove(hook);
});

test("order.shipped contains the shipment with its items; other event types are not delivered", async () => {
  const [shippedHook, otherHook] = [await webhook(["order.shipped"]), await webhook(["order.cancelled"])];
  const placed = await confirmed();
  await manager.post(`/api/admin/orders/${placed.id}/ship`, { carrier: "DHL", trackingNumber: "1" });
  await shop.settle();
  expect(payloadOf(calls(shippedHook)[0])).toMatchObject({
    type: "order.shipped",
    data: { shipment: { trackingNumber: "1", items: [{ quantity: 1 }] } },
  });
  expect(calls(shippedHook)).toHaveLength(1);
  expect(calls(otherHook)).toHaveLength(0);
  await Promise.all([remove(shippedHook), remove(otherHook)]);
});

test("failed attempts are retried with growing delays, the same id and the same bytes, and logged", async () => {
  const hook = await webhook(["order.confirmed"]);
  receiver.fault(hook.path, { status: 500, body: { error: "later" } }, "lost", {
    status: 302,
    headers: { location: "/x" },
  });
  await confirmed();
  await shop.clock.advance(2 * SECOND);
  expect(calls(hook)).toHaveLength(1);
  await shop.clock.advance(10 * SECOND);
  expect(calls(hook)).toHaveLength(2);
  await shop.clock.advance(HOUR);
  expect(calls(hook)).toHaveLength(4);
  expect(new Set(calls(hook).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(new Set(calls(hook).map(({ body }) => String(body))).size).toBe(1);
  const [delivery] = await deliveries(hook);
  expect(delivery).toMatchObject({ status: "delivered", attempts: 4 });
  expect(delivery?.log.map(({ status }) => status)).toEqual([500, null, 302, 204]);
  expect(delivery?.log[0]?.detail).toContain("later");
  await remove(hook);
});

test("a delivery fails after its last attempt; a redelivery has the same id", async () => {
  const hook = await webhook(["order.confirmed"]);
  receiver.fault(hook.path, ...Array.from({ length: 8 }, () => ({ status: 500 })));
  await confirmed();
  const path = async () => `${base(hook)}/deliveries/${(await deliveries(hook))[0]?.id}/redeliver`;
  expect(await manager.read(manager.post(await path()), 409)).toMatchObject({ code: "delivery_under_way" });
  await shop.clock.advance(40 * HOUR);
  expect(await deliveries(hook)).toMatchObject([{ status: "failed", attempts: 8 }]);
  expect((await manager.post(await path())).status).toBe(202);
  await shop.clock.advance(2 * HOUR);
  expect(await deliveries(hook)).toMatchObject([{ status: "delivered", attempts: 9 }]);
  expect(new Set(calls(hook).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  await remove(hook);
});

test("five consecutive failures open the circuit: one probe at a time, and all is delivered after it closes", async () => {
  const hook = await webhook(["order.confirmed"]);
  receiver.fault(hook.path, ...Array.from({ length: 6 }, () => ({ status: 503 })));
  for (let i = 0; i < 5; i++) await confirmed();
  expect(calls(hook).length).toBeGreaterThanOrEqual(5);
  const opened = calls(hook).length;
  await shop.clock.advance(20 * SECOND);
  for (let i = 0; i < 3; i++) await confirmed();
  expect(calls(hook)).toHaveLength(opened);
  await shop.clock.advance(3 * HOUR);
  expect((await deliveries(hook)).map(({ status }) => status)).toEqual(Array(8).fill("delivered"));
  // Six failures and eight deliveries: there was no other call.
  expect(calls(hook)).toHaveLength(14);
  await remove(hook);
});

test("an endpoint that answers 410 is disabled until its owner enables it", async () => {
  const hook = await webhook(["order.confirmed"]);
  receiver.fault(hook.path, { status: 410 });
  await confirmed();
  await confirmed();
  expect(calls(hook)).toHaveLength(1);
  expect(await manager.read(manager.get(base(hook)))).toMatchObject({ enabled: false, disabledFor: "gone" });
  expect(await manager.read(manager.patch(base(hook), { enabled: true }))).toMatchObject({
    enabled: true,
    failures: 0,
  });
  await confirmed();
  expect(calls(hook)).toHaveLength(2);
  await remove(hook);
});

test("the former address of an endpoint answers 410 after its owner has changed it: the new one stays enabled", async () => {
  const hook = await webhook(["order.confirmed"]);
  const path = `/moved${hook.path}`;
  const former = await startProvider(async () => {
    await manager.read(manager.patch(base(hook), { url: receiver.url + path }));
    return { status: 410 };
  });
  await manager.read(manager.patch(base(hook), { url: `${former.url}/hook` }));
  await confirmed();
  former.close();
  expect(await manager.read(manager.get(base(hook)))).toMatchObject({ enabled: true, disabledFor: null, failures: 0 });
  await shop.clock.advance(MINUTE);
  expect(calls({ ...hook, path })).toHaveLength(1);
  expect(await deliveries(hook)).toMatchObject([{ status: "delivered" }]);
  await remove(hook);
});

test("a burst of 110 deliveries: ten calls at once, then 85 a minute, and none is lost", async () => {
  const hook = await webhook(["order.confirmed"]);
  await shop.sql(
    `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, created_at)
     SELECT 'whd_many' || n, $1, 'order.confirmed', '{}', $2 FROM generate_series(1, 110) n`,
    [hook.id, new Date(shop.clock.now())],
  );
  const before = calls(hook).length;
  await shop.clock.advance(2 * MINUTE);
  const events = Array.from({ length: 110 }, (_, n) => ({
    name: "api/call",
    id: `many${n + 1}`,
    data: { deliveryId: `whd_many${n + 1}`, userId: manager.id },
  }));
  await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
  await shop.settle();
  expect(calls(hook).length - before).toBe(10);
  await shop.clock.advance(59 * SECOND);
  expect(calls(hook).length - before).toBeLessThanOrEqual(100);
  expect(calls(hook).length - before).toBeGreaterThan(85);
  await shop.clock.advance(20 * SECOND);
  expect(calls(hook).length - before).toBe(110);
  await remove(hook);
});
