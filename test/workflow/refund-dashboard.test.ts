import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** Refunds in Stripe's dashboard of money that was paid back before, or that a bank has returned. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

async function paid(paymentMethod = "pm_card_refundFail"): Promise<Placed> {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  return placed;
}

interface Task {
  id: string;
  cause: { orderId?: string };
}

/** Decides the open tasks of an order. */
async function decide(placed: Placed, action: "resume" | "dismiss"): Promise<void> {
  const { items } = await manager.read<{ items: Task[] }>(manager.get("/api/admin/manual-queue?status=open&limit=100"));
  const tasks = items.filter(({ cause }) => cause.orderId === placed.id);
  expect(tasks).not.toEqual([]);
  for (const { id } of tasks)
    expect((await manager.post(`/api/admin/manual-queue/${id}/resolve`, { action })).status).toBe(200);
}

const refund = ({ id }: Placed) =>
  manager.post(`/api/admin/orders/${id}/refund`, { reason: "Broken" }, { "idempotency-key": id });
const requested = async (placed: Placed) => (await shop.order(placed)).refunds.map(({ status }) => status);
const books = async ({ id }: Placed) =>
  (await shop.sql("SELECT captured, refunded FROM payments WHERE order_id = $1", [id]))[0];

test("the webhook of a returned refund is lost, and an operator repeats it in Stripe's dashboard: both are recorded", async () => {
  const placed = await paid();
  expect((await refund(placed)).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  await shop.webhooks("drop");
  await shop.clock.advance(2 * HOUR);
  await shop.webhooks("deliver");
  expect(await requested(placed)).toEqual(["succeeded"]);
  const [intent] = await shop.intents(placed.id);
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "" });
  await shop.clock.advance(10 * MINUTE);
  expect(await requested(placed)).toEqual(["failed", "succeeded"]);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
  await shop.clock.advance(2 * HOUR);
  await decide(placed, "resume");
});

test("paid back otherwise, and then also in Stripe's dashboard: an alert says that it was paid back twice", async () => {
  const placed = await paid("pm_card_visa");
  await shop.fault("stripe", {
    ...{ kind: "error", status: 400, code: "charge_disputed", method: "POST", path: "/v1/refunds", times: 1 },
  });
  expect((await refund(placed)).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  await decide(placed, "dismiss");
  const [intent] = await shop.intents(placed.id);
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "", amount: "1000" });
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.sql("SELECT type FROM webhook_inbox WHERE processed_at IS NULL")).toEqual([]);
  const found = await manager.read<{ items: { kind: string; detail: { orderId?: string } }[] }>(
    manager.get("/api/admin/alerts?status=open&limit=100"),
  );
  expect(found.items.filter(({ detail }) => detail.orderId === placed.id)).toMatchObject([
    { kind: "refund_exceeds_payment", detail: { amount: 1_000, currency: "EUR" } },
  ]);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
});
