import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** Refunds that a bank returns, or that Stripe refuses. */
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
  kind: string;
  cause: { orderId?: string };
}

async function tasks(placed: Placed): Promise<Task[]> {
  const page = await manager.read<{ items: Task[] }>(manager.get("/api/admin/manual-queue?status=open&limit=100"));
  return page.items.filter(({ kind, cause }) => kind === "refund" && cause.orderId === placed.id);
}

async function alerts(placed: Placed): Promise<number> {
  const [row] = await shop.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM alerts a JOIN refunds r ON a.incident = 'refund:' || r.id || ':failed' WHERE r.order_id = $1`,
    [placed.id],
  );
  return row?.n ?? -1;
}

const books = async (placed: Placed) =>
  (await shop.sql("SELECT captured, refunded FROM payments WHERE order_id = $1 AND captured > 0", [placed.id]))[0];
const requested = async (placed: Placed) => (await shop.order(placed)).refunds.map(({ status }) => status);
const failedEmails = async (placed: Placed) =>
  (await shop.notifications(placed)).filter((subject) => /did not arrive/.test(subject)).length;
const sentEmails = async (placed: Placed) =>
  (await shop.notifications(placed)).filter((subject) => subject === "refunded").length;
const decide = (task: Task | undefined, action: string) =>
  manager.post(`/api/admin/manual-queue/${task?.id}/resolve`, { action });

/** What the sales report says that the shop has collected, less what it has paid back. */
async function net(): Promise<number> {
  const { days } = await manager.read<{ days: { net: { amount: number } }[] }>(
    manager.get("/api/admin/reports/sales?from=2026-01-01&to=2026-01-31"),
  );
  return days.reduce((sum, day) => sum + day.net.amount, 0);
}

async function expectOwed(placed: Placed): Promise<void> {
  expect(await requested(placed)).toEqual(["failed"]);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 0 });
  expect([await sentEmails(placed), await failedEmails(placed), await alerts(placed)]).toEqual([1, 1, 1]);
  expect(await tasks(placed)).toHaveLength(1);
}

test("cancelled, and the bank returns the refund: one refund, one alert, one task, and the customer is notified once", async () => {
  const placed = await paid();
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(3 * HOUR);
  await expectOwed(placed);
  // An operator retries: one more refund, which fails again.
  expect((await decide((await tasks(placed))[0], "resume")).status).toBe(200);
  await shop.clock.advance(3 * HOUR);
  expect(await requested(placed)).toEqual(["failed", "failed"]);
  // Then the operator pays by bank transfer.
  expect(await tasks(placed)).toHaveLength(1);
  expect(await net()).toBe(2_500);
  expect((await decide((await tasks(placed))[0], "dismiss")).status).toBe(200);
  expect(await net()).toBe(0);
  await shop.clock.advance(2 * HOUR);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
  expect([await requested(placed), await tasks(placed)]).toEqual([["failed", "failed", "succeeded"], []]);
  expect(await shop.order(placed)).toMatchObject({ status: "cancelled" });
});

test("a late payment whose refund the bank returns is refunded once", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_refundFail" });
  await shop.finish(placed);
  // As if it had failed before the money came.
  await shop.sql("UPDATE orders SET status = 'failed', end_reason = 'expired' WHERE id = $1", [placed.id]);
  await shop.sql("UPDATE payments SET status = 'failed', captured = 0 WHERE order_id = $1", [placed.id]);
  await shop.sql(
    `WITH r AS (UPDATE reservations SET status = 'released' WHERE order_id = $1 RETURNING product_id, quantity)
     UPDATE inventory i SET sold = sold - quantity, available = available + quantity FROM r WHERE r.product_id = i.product_id`,
    [placed.id],
  );
  const { syncPaymentIntent } = await import("@/lib/payments/sync-order-payment");
  const [intent] = await shop.intents(placed.id);
  await syncPaymentIntent(intent?.id ?? "");
  await shop.clock.advance(3 * HOUR);
  await expectOwed(placed);
  await decide((await tasks(placed))[0], "dismiss");
});

test("Stripe refuses a refund: it is owed, and not requested again by any event", async () => {
  const placed = await paid("pm_card_visa");
  await shop.fault("stripe", {
    ...{ kind: "error", status: 400, code: "charge_disputed", method: "POST", path: "/v1/refunds" },
    until: shop.clock.now() + HOUR,
  });
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(HOUR + 5 * MINUTE);
  expect(await requested(placed)).toEqual(["failed"]);
  expect([await sentEmails(placed), await failedEmails(placed), await alerts(placed)]).toEqual([0, 1, 1]);
  expect((await decide((await tasks(placed))[0], "resume")).status).toBe(200);
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, refunds: 1 });
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
});

let count = 0;
const refund = (placed: Placed, body: Record<string, unknown>) =>
  manager.post(
    `/api/admin/orders/${placed.id}/refund`,
    { reason: "Broken", ...body },
    { "idempotency-key": `returned-${++count}` },
  );

/** Stripe refuses the next refund. */
const refuseRefund = () =>
  shop.fault("stripe", {
    ...{ kind: "error", status: 400, code: "charge_disputed", method: "POST", path: "/v1/refunds", times: 1 },
  });

test("a refund was returned before the order is cancelled: the cancellation does not refund what the task covers", async () => {
  const placed = await paid("pm_card_visa");
  await refuseRefund();
  expect((await refund(placed, { amount: 1_000, items: [] })).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  expect(await tasks(placed)).toHaveLength(1);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(10 * MINUTE);
  expect(await requested(placed)).toEqual(["failed", "succeeded"]);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 1500 });
  expect((await decide((await tasks(placed))[0], "dismiss")).status).toBe(200);
  await shop.clock.advance(10 * MINUTE);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 1000, refunds: 1 });
});

test("the bank returns an operator's refund of a cancelled order: a later webhook does not request it again", async () => {
  const placed = await paid();
  expect((await refund(placed, { amount: 1_000, items: [] })).status).toBe(201);
  await shop.clock.advance(HOUR / 2);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(HOUR / 2 + 5 * MINUTE);
  expect(await requested(placed)).toEqual(["failed", "succeeded"]);
  const [intent] = await shop.intents(placed.id);
  const { syncPaymentIntent } = await import("@/lib/payments/sync-order-payment");
  await syncPaymentIntent(intent?.id ?? "");
  await shop.clock.advance(5 * MINUTE);
  expect(await requested(placed)).toEqual(["failed", "succeeded"]);
  expect((await decide((await tasks(placed))[0], "dismiss")).status).toBe(200);
  // The bank returns the refund of the cancellation too.
  await shop.clock.advance(HOUR);
  expect((await decide((await tasks(placed))[0], "dismiss")).status).toBe(200);
  expect(await books(placed)).toEqual({ captured: 2500, refunded: 2500 });
});

test("nothing is left of a payment: an operator cannot record that it was paid back otherwise, but can close the task", async () => {
  const placed = await paid("pm_card_visa");
  await refuseRefund();
  expect((await refund(placed, { amount: 1_000, items: [] })).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  expect((await refund(placed, {})).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  const [task] = await tasks(placed);
  expect(await problem(await decide(task, "dismiss"))).toMatchObject({ status: 409, code: "nothing_to_refund" });
  expect(await tasks(placed)).toEqual([task]);
  expect((await decide(task, "resume")).status).toBe(200);
  await shop.clock.advance(5 * MINUTE);
  expect(await tasks(placed)).toEqual([]);
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, refunds: 1 });
});

/** Requests a refund of 10.00 that Stripe refuses. */
async function refuse(placed: Placed): Promise<void> {
  await refuseRefund();
  expect((await refund(placed, { amount: 1_000, items: [] })).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  expect(await requested(placed)).toEqual(["failed"]);
}

/** Has Stripe make the refund that it has refused. */
async function makeRefused(placed: Placed): Promise<void> {
  const [intent] = await shop.intents(placed.id);
  const [row] = await shop.sql<{ id: string }>("SELECT id FROM refunds WHERE order_id = $1", [placed.id]);
  const form = { payment_intent: intent?.id ?? "", amount: "1000", "metadata[refund_id]": row?.id ?? "" };
  await shop.stripeApi("POST", "/v1/refunds", form);
  await shop.clock.advance(5 * MINUTE);
}

test("Stripe makes a refund that it had refused: the sales report counts it, and the task closes without another", async () => {
  const placed = await paid("pm_card_visa");
  const before = await net();
  await refuse(placed);
  expect(await net()).toBe(before);
  await makeRefused(placed);
  expect(await requested(placed)).toEqual(["succeeded"]);
  expect(await net()).toBe(before - 1_000);
  await shop.clock.advance(3 * HOUR);
  expect(await net()).toBe(before - 1_000);
  expect((await decide((await tasks(placed))[0], "resume")).status).toBe(200);
});

test("a refund that was refused, made after all and then returned: the timeline and the sales report show the return", async () => {
  const placed = await paid();
  const before = await net();
  await refuse(placed);
  await makeRefused(placed);
  expect(await net()).toBe(before - 1_000);
  await shop.clock.advance(3 * HOUR);
  expect(await requested(placed)).toEqual(["failed"]);
  const types = (await shop.order(placed)).timeline.map(({ type }) => type);
  expect(types.slice(-2)).toEqual(["refund_succeeded", "refund_failed"]);
  expect(await net()).toBe(before);
  expect((await decide((await tasks(placed))[0], "dismiss")).status).toBe(200);
});

test("a refund that was refused and made after all is pending, and no webhook comes: the reconciler polls it", async () => {
  const placed = await paid("pm_card_pendingRefund");
  await refuse(placed);
  await makeRefused(placed);
  expect(await requested(placed)).toEqual(["pending"]);
  await shop.webhooks("drop");
  await shop.clock.advance(2 * HOUR);
  await shop.webhooks("deliver");
  expect(await requested(placed)).toEqual(["succeeded"]);
  expect((await decide((await tasks(placed))[0], "resume")).status).toBe(200);
});
