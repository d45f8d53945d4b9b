import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop, SECOND } from "./shop";

/** The engine loses the run that delivers a webhook. */
const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({
  env: { RECONCILE_EVERY_MINUTES: "10", WEBHOOK_TIMEOUT_MS: "300" },
  only: ["process-order", "plan-webhook-deliveries", "call-external-api", "reconcile"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

let count = 0;
/** Returns a delivery whose first call has failed; `failures` calls fail in all. */
async function failedOnce(failures = 1) {
  const path = `/lost${++count}`;
  const events = ["order.confirmed"];
  const hook = await manager.read<{ id: string }>(
    manager.post("/api/account/webhooks", { url: receiver.url + path, events }),
    201,
  );
  receiver.fault(path, ...Array(failures).fill({ status: 500, body: {} }));
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  const calls = () => receiver.calls.filter((call) => call.path === path).length;
  expect(calls()).toBe(1);
  const deliveries = async () => {
    const { items } = await manager.read<{ items: { id: string; status: string; attempts: number }[] }>(
      manager.get(`/api/account/webhooks/${hook.id}/deliveries`),
    );
    return items;
  };
  return { calls, deliveries, remove: () => manager.remove(`/api/account/webhooks/${hook.id}`) };
}

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
