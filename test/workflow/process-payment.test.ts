import { afterEach, expect, test } from "vitest";
import { audit, HOUR, openShop, type Placed } from "./shop";

// No reconciler, which would start an order's own run again.
const shop = openShop({
  only: ["process-payment", "process-order", "cancel-order", "payment-failed", "process-refund"],
  env: { REVIEW_FROM: "EUR:100000", REVIEW_HOLD: "1" },
});

afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const PAID = { collected: 2500, succeeded: 1, refunds: 0, open: 0 };

let count = 0;
/** Asks for an order to be paid, as an operator or another system would; tells how the run ended. */
async function askToPay(id: string, amount = 2_500, currency = "EUR"): Promise<string> {
  const event = { name: "payment/process", id: `asked-${++count}`, data: { purpose: "order", id, amount, currency } };
  const response = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(event) });
  return ((await response.json()) as { ids: string[] }).ids[0] ?? "";
}

async function outcome(eventId: string) {
  const runs = await fetch(`${shop.inngest}/api/v2/events/${eventId}/runs?includeOutput=true`);
  const { data } = (await runs.json()) as { data: { status: string; output: Record<string, unknown> }[] };
  return data[0];
}

/** An order that nobody charges: its run is lost before it begins. */
async function forgotten(product: string, paymentMethod = "pm_card_visa"): Promise<Placed> {
  await shop.fault("stripe", { kind: "error", status: 503, until: shop.clock.now() + HOUR });
  const placed = await shop.checkout(product, { paymentMethod });
  await shop.settle();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.clearFaults();
  return placed;
}

test("an order whose own run is lost is paid and confirmed, with one email", async () => {
  const product = await shop.product(1);
  const placed = await forgotten(product);
  const asked = await askToPay(placed.id);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await outcome(asked)).toMatchObject({ status: "COMPLETED", output: { outcome: "settled" } });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("five requests beside the order's own run: one charge, one confirmation", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product);
  await Promise.all(Array.from({ length: 5 }, () => askToPay(placed.id)));
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(PAID);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("a paid, ended or unknown order is not charged, and neither is another amount", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const cancelled = await shop.checkout(await shop.product(1));
  await shop.cancel(cancelled);
  await shop.finish(cancelled);
  const asked = [await askToPay(placed.id), await askToPay(cancelled.id), await askToPay("ord_none")];
  await shop.settle();
  const reasons = await Promise.all(asked.map(async (id) => (await outcome(id))?.output.reason));
  expect(reasons).toEqual(["The order is confirmed.", "The order is cancelled.", "There is no such order."]);
  expect(await shop.money(placed.id)).toEqual(PAID);

  const other = await forgotten(await shop.product(1));
  const cheaper = await askToPay(other.id, 1);
  await shop.settle();
  expect((await outcome(cheaper))?.output).toMatchObject({ outcome: "nothing to pay" });
  expect((await shop.money(other.id)).succeeded).toBe(0);
  expect(await shop.sql("SELECT id FROM alerts WHERE kind = 'payment_mismatch'")).toHaveLength(1);
  expect(await shop.cancel(other)).toBe(202);
  expect(await shop.finish(other)).toMatchObject({ status: "cancelled" });
});

test("an order of high value is charged and held until a manager releases it", async () => {
  const product = await shop.product(1, 100_000);
  const placed = await forgotten(product);
  const asked = await askToPay(placed.id, 100_000);
  await shop.settle();
  expect((await outcome(asked))?.output).toMatchObject({ outcome: "held" });
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 100_000, succeeded: 1 });
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, refunds: 1 });
});

test("a declined card fails the order", async () => {
  const product = await shop.product(1);
  const placed = await forgotten(product, "pm_card_visa_chargeDeclined");
  await askToPay(placed.id);
  expect(await shop.finish(placed)).toMatchObject({ status: "failed", failureReason: "payment_declined" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.notifications(placed)).toEqual(["failed"]);
});

test("settlement fails for good: money and stock are returned, and an alert has the run and the stack", async () => {
  const product = await shop.product(1);
  const placed = await forgotten(product);
  await shop.sql(`CREATE FUNCTION refuse_to_confirm() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the warehouse is on fire'; END $$`);
  await shop.sql(`CREATE TRIGGER refuse_to_confirm BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (NEW.id = '${placed.id}' AND NEW.status = 'confirmed') EXECUTE FUNCTION refuse_to_confirm()`);
  const asked = await askToPay(placed.id);
  expect(await shop.finish(placed, 24 * HOUR)).toMatchObject({ status: "failed" });
  expect(await outcome(asked)).toMatchObject({ status: "FAILED" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["failed", "refunded"]);
  const [alert] = await shop.sql<{ detail: Record<string, string> }>(
    "SELECT detail FROM alerts WHERE kind = 'payment_run_failed'",
  );
  expect(alert?.detail).toMatchObject({ purpose: "order", id: placed.id, runId: expect.any(String) });
  expect(alert?.detail.stack).toContain("the warehouse is on fire");
});

test("a customer who pays again before the failure is reported keeps the new attempt", async () => {
  const product = await shop.product(1);
  const placed = await forgotten(product);
  await shop.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'refused'; END $$`);
  await shop.sql(`CREATE TRIGGER refuse BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (NEW.id = '${placed.id}' AND NEW.status = 'confirmed') EXECUTE FUNCTION refuse()`);
  await shop.sql("CREATE TRIGGER refuse BEFORE INSERT ON alerts FOR EACH ROW EXECUTE FUNCTION refuse()");
  await askToPay(placed.id);
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "failed", 24 * HOUR);
  await shop.sql("DROP TRIGGER refuse ON orders");
  expect(await shop.pay(placed, "pm_card_authenticationRequired")).toBe(202);
  await shop.clock.runUntil(async () => (await shop.order(placed)).status === "awaiting_payment", HOUR);
  await shop.sql("DROP TRIGGER refuse ON alerts");
  await shop.clock.advance(HOUR / 4);
  expect(await shop.sql("SELECT id FROM alerts WHERE kind = 'payment_run_failed'")).toHaveLength(2);
  expect(await shop.order(placed)).toMatchObject({ status: "awaiting_payment" });
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
});
