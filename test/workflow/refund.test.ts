import { afterEach, expect, test } from "vitest";
import { orderSubjects } from "@/dev/order-subjects";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

async function paid(): Promise<Placed & { intent: string }> {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [intent] = await shop.intents(placed.id);
  return { ...placed, intent: intent?.id ?? expect.fail() };
}

/** As someone does in Stripe's dashboard. */
const refund = (intent: string, amount: number) =>
  shop.stripeApi<{ id: string }>("POST", "/v1/refunds", { payment_intent: intent, amount: String(amount) });

test("full refund in Stripe's dashboard: the order is refunded", async () => {
  const placed = await paid();
  await refund(placed.intent, 2500);
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "refunded", refunds: [{ amount: { amount: 2500 }, status: "succeeded" }] });
});

test("the local pages find an order by the ids of its event, payment, refund and email, and nothing by others", async () => {
  const placed = await paid();
  await refund(placed.intent, 2500);
  await shop.finish(placed);
  const [email] = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE entity_id = $1", [placed.id]);
  const [back] = await shop.sql<{ id: string }>("SELECT id FROM refunds WHERE order_id = $1", [placed.id]);
  const find = orderSubjects("http://shop.example", process.env.DATABASE_URL ?? "", (line) => expect.fail(line));
  const order = { label: expect.stringMatching(/^Order \d+$/), url: `http://shop.example/console/orders/${placed.id}` };
  const about = [{ orderId: placed.id }, { id: placed.intent }, { a: { refundId: back?.id } }, [{ value: email?.id }]];
  for (const subject of await find(about)) expect(subject).toMatchObject(order);
  expect(await find([{ orderId: "ord_none" }, undefined, "text"])).toEqual([undefined, undefined, undefined]);
  const lines: string[] = [];
  const offline = orderSubjects("http://shop.example", "postgresql://127.0.0.1:1/none", (line) => lines.push(line));
  expect([await offline([{ orderId: placed.id }]), lines.length]).toEqual([[undefined], 1]);
});

test("partial refund in Stripe's dashboard: the order stays confirmed and shows the refund", async () => {
  const placed = await paid();
  await refund(placed.intent, 1000);
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "confirmed", refunds: [{ amount: { amount: 1000 }, status: "succeeded" }] });
  await refund(placed.intent, 1500);
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
});

test.each(["duplicate", "reverse", "early", "drop"] as const)(
  "refunded in the dashboard, its webhooks in mode %s: counted once",
  async (mode) => {
    const placed = await paid();
    await shop.webhooks(mode);
    await refund(placed.intent, 1000);
    await shop.clock.advance(HOUR);
    const order = await shop.finish(placed);
    expect(order.refunds).toMatchObject([{ amount: { amount: 1000 }, status: "succeeded" }]);
    const [books] = await shop.sql("SELECT captured, refunded FROM payments WHERE order_id = $1", [placed.id]);
    expect(books).toEqual({ captured: 2500, refunded: 1000 });
  },
);

test("P6: partially refunded in the dashboard, then cancelled: only the rest is refunded", async () => {
  const placed = await paid();
  await refund(placed.intent, 1000);
  await shop.settle();
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 2, open: 0 });
});

test("P6: cancelled before the dashboard's refund is known: never more is refunded than was captured", async () => {
  const placed = await paid();
  await shop.webhooks("hold");
  await refund(placed.intent, 1000);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(5 * MINUTE);
  await shop.webhooks("deliver");
  await shop.flush();
  await shop.clock.advance(HOUR);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, open: 0 });
});
