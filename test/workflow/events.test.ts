import { afterEach, expect, test } from "vitest";
import type { ProxyWatcher as Watch } from "@/dev/fault-proxy";
import { watch } from "./fault-injection";
import { audit, openShop } from "./shop";

const shop = openShop({ wires: true });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

/** P15, and the design: nothing above 64 KB as a step's output or an event. */
const LIMIT = 64 * 1024;

test("an event with wrong data is refused where it is sent, naming the event and each wrong field", async () => {
  const { outboxInsert } = await import("@/lib/outbox");
  const event = { name: "order/created", id: "x", data: { orderId: "", attempt: 0 } } as const;
  expect(() => outboxInsert([event])).toThrow(/order\/created.*data\.orderId: .*data\.attempt: /);
});

test("an event with wrong data is refused where it is received: nothing runs, and the run names the field", async () => {
  const events = [
    { name: "order/created", data: { orderId: "ord_1", attempt: "first" } },
    { name: "order/created", data: { orderId: 7, attempt: 1 } },
  ];
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(events) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.clock.advance(1_000);
  const errors = await Promise.all(
    ids.map(async (id) => {
      const answer = await fetch(`${shop.inngest}/api/v2/events/${id}/runs?includeOutput=true`);
      return JSON.stringify(await answer.json());
    }),
  );
  expect(errors[0]).toMatch(/"status":"FAILED".*attempt/);
  expect(errors[1]).toMatch(/"status":"FAILED".*orderId/);
});

test("an event above 64 KB is refused before it is committed", async () => {
  const { outboxInsert } = await import("@/lib/outbox");
  const reason = "x".repeat(LIMIT);
  expect(() =>
    outboxInsert([{ name: "order/cancelled", id: "x", data: { orderId: "o", reason, stored: true } }]),
  ).toThrow(/65\d{3} bytes/);
});

test("P15: an order of a hundred lines leaves no step output and no event above 64 KB", async () => {
  const sizes = { app: 0, events: 0, checkpoint: 0 };
  const measure: Watch = (call, stage) => {
    if (stage !== "before" || call.to !== "inngest") return undefined;
    const kind = call.path.startsWith("/e/") ? "events" : "checkpoint";
    sizes[kind] = Math.max(sizes[kind], Buffer.byteLength(call.body));
    return undefined;
  };
  const items = [];
  for (let i = 0; i < 100; i++) items.push({ productId: await shop.product(1), quantity: 1 });
  watch(shop, measure);
  const first = await shop.checkout("", { items });
  const second = await shop.checkout("", { items, email: "slow@customers.example" });
  // Both start at the same moment, and either may get the stock.
  const ends = [await shop.finish(first), await shop.finish(second)].map(
    (order) => order.failureReason ?? order.status,
  );
  expect(ends.sort()).toEqual(["confirmed", "out_of_stock"]);
  expect(sizes.events).toBeGreaterThan(0);
  expect(sizes.events).toBeLessThan(LIMIT);
  expect(sizes.checkpoint).toBeGreaterThan(0);
  expect(sizes.checkpoint).toBeLessThan(LIMIT);
});
