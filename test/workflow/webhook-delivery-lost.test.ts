import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop, SECOND } from "./shop";

/** The engine loses the run that calls a partner. */
const partner = await startProvider(() => ({ status: 204 }));
afterAll(() => partner.close());
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
/** A delivery whose first call has failed, as so many will. */
async function failedOnce(failures = 1) {
  const path = `/lost${++count}`;
  const events = ["order.confirmed"];
  const hook = await manager.read<{ id: string }>(
    manager.post("/api/account/webhooks", { url: partner.url + path, events }),
    201,
  );
  partner.fault(path, ...Array(failures).fill({ status: 500, body: {} }));
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  const calls = () => partner.calls.filter((call) => call.path === path).length;
  expect(calls()).toBe(1);
  const deliveries = async () => {
    const { items } = await manager.read<{ items: { id: string; status: string; attempts: number }[] }>(
      manager.get(`/api/account/webhooks/${hook.id}/deliveries`),
    );
    return items;
  };
  return { calls, deliveries, end: () => manager.remove(`/api/account/webhooks/${hook.id}`) };
}

test("lost between two calls: it is called again, once, when no run could still be waiting", async () => {
  const { calls, deliveries, end } = await failedOnce();
  expect(await shop.loseRuns("call-external-api")).toBe(1);
  await shop.clock.advance(15 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([1, "pending"]);
  await shop.clock.advance(2 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([2, "delivered"]);
  await shop.clock.advance(HOUR);
  expect(calls()).toBe(2);
  await end();
});

test("a run that waits for half a day between two calls gets no company", async () => {
  const { calls, deliveries, end } = await failedOnce(8);
  await shop.clock.advance(40 * HOUR);
  expect([calls(), (await deliveries())[0]?.status]).toEqual([8, "failed"]);
  await end();
});
