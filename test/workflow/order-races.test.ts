import { afterEach, expect, test } from "vitest";
import { behindLock } from "./concurrent-writers";
import { oneStepOnly, watch } from "./fault-injection";
import { audit, HOUR, MINUTE, openShop, SECOND } from "./shop";

/** What happens between two statements of one order. */
const shop = openShop({ wires: true, env: { PAYMENT_WINDOW_MINUTES: "120" }, without: ["reconcile", "health-check"] });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

test("two runs begin the same attempt at once: the one that waits charges the row of the other, and does not end", async () => {
  const { chargeOrder } = await import("@/lib/payments/charge-order");
  const placed = await shop.checkout(await shop.product(1));
  await shop.loseRuns();
  const { reserveStock } = await import("@/lib/inventory/reservations");
  await reserveStock(placed.id, 1);
  const [charged] = await behindLock(
    `INSERT INTO payments (id, order_id, attempt, status, amount, currency, payment_method, idempotency_key, created_at, updated_at)
     SELECT 'pay_other', id, attempt, 'created', total_amount, currency, payment_method, id || ':1', now(), now() FROM orders WHERE id = $1`,
    [placed.id],
    [() => chargeOrder(placed.id, 1)],
  );
  expect(charged).toEqual({ status: "fulfilled", value: { outcome: "succeeded" } });
  const { confirmOrder } = await import("@/lib/orders/change-order");
  expect(await confirmOrder(placed.id, 1)).toBe("confirmed");
  await shop.settle();
});

test("a run of the first attempt that ends late does not fail the second one", async () => {
  const { failOrder } = await import("@/lib/orders/change-order");
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  expect(await shop.pay(placed)).toBe(202);
  expect(await failOrder(placed.id, 1, "payment_expired")).toBe("pending");
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 2500, open: 0 });
});

test("a declined payment is cancelled late, after the customer has paid again: the new payment is not cancelled", async () => {
  const stop = watch(shop, ({ to, path }) => (to === "stripe" && path.endsWith("/cancel") ? "lost" : undefined));
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  expect(await shop.pay(placed, "pm_card_authenticationRequired")).toBe(202);
  await shop.settle();
  stop();
  await shop.clock.advance(10 * MINUTE);
  expect(await shop.money(placed.id)).toMatchObject({ open: 1 });
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual({ collected: 2500, succeeded: 1, refunds: 0, open: 0 });
});

test("the deadline is extended after a sweep has found the order overdue: the order stays open", async () => {
  const { overdueOrders } = await import("@/lib/orders/sweeps");
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await overdueOrders.repair?.(placed.id);
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
});

test("the deadline is extended while a sweep waits for the lock of an overdue order: the order stays open", async () => {
  const { overdueOrders } = await import("@/lib/orders/sweeps");
  const placed = await shop.checkout(await shop.product(1));
  await shop.loseRuns();
  const deadline = (ms: number) => [placed.id, new Date(shop.clock.now() + ms)];
  const update = "UPDATE orders SET deadline_at = $2 WHERE id = $1";
  await shop.sql(update, deadline(0));
  await behindLock(update, deadline(HOUR), [async () => overdueOrders.repair?.(placed.id)]);
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect(await shop.cancel(placed)).toBe(202);
  await shop.settle();
});

test("Stripe refuses to confirm a payment, and each step runs twice: the order fails at once, for that reason", async () => {
  const product = await shop.product(1);
  await shop.fault("stripe", {
    ...{
      kind: "error",
      status: 400,
      code: "parameter_invalid",
      method: "POST",
      path: "/v1/payment_intents/",
      times: 1,
    },
  });
  watch(shop, (call, stage) => {
    if (call.to !== "app" || call.method !== "POST" || stage !== "before") return undefined;
    oneStepOnly(call);
    return "again";
  });
  const placed = await shop.checkout(product);
  await shop.settle();
  if (shop.wires) shop.wires.watch = undefined;
  expect(await shop.order(placed)).toMatchObject({ status: "failed", failureReason: "payment_unavailable" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
});

test("cancelled between the reading and the saving of the confirmation email, with the provider down for hours: it is not sent", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 3 * HOUR });
  await shop.clock.advance(30 * SECOND);
  expect(await shop.cancel(placed)).toBe(202);
  // As the email of a run that had read the order before, and saved it now.
  await shop.sql("UPDATE emails SET status = 'queued' WHERE kind = 'order_confirmed' AND entity_id = $1", [placed.id]);
  await shop.clock.advance(6 * HOUR);
  const { queuedEmails } = await import("@/lib/email/sweeps");
  const [email] = await shop.sql<{ id: string; status: string }>(
    "SELECT id, status FROM emails WHERE kind = 'order_confirmed' AND entity_id = $1",
    [placed.id],
  );
  await queuedEmails.repair?.(email?.id ?? expect.fail());
  await shop.settle();
  expect((await shop.notifications(placed)).filter((subject) => subject === "confirmed")).toEqual([]);
  expect(await shop.sql("SELECT status FROM emails WHERE id = $1", [email?.id])).toEqual([{ status: "suppressed" }]);
});

test("a reservation never expires before the deadline of its order", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.loseRuns();
  const { reserveStock } = await import("@/lib/inventory/reservations");
  await reserveStock(placed.id, 1);
  // As if Stripe had been down for three hours.
  const at = (ms: number) => new Date(shop.clock.now() + ms);
  await shop.sql("UPDATE orders SET deadline_at = $2 WHERE id = $1", [placed.id, at(HOUR / 2)]);
  await shop.sql("UPDATE reservations SET expires_at = $2 WHERE order_id = $1", [placed.id, at(HOUR)]);
  await shop.sql("DELETE FROM payments WHERE order_id = $1", [placed.id]);
  const { chargeOrder } = await import("@/lib/payments/charge-order");
  expect(await chargeOrder(placed.id, 1)).toEqual({ outcome: "requires_action" });
  const [order] = await shop.sql<{ deadline: Date; expires: Date }>(
    `SELECT o.deadline_at AS deadline, r.expires_at AS expires
     FROM orders o JOIN reservations r ON r.order_id = o.id WHERE o.id = $1`,
    [placed.id],
  );
  expect(order?.deadline.getTime()).toBeGreaterThan(at(2 * HOUR).getTime());
  expect(order?.expires.getTime()).toBeGreaterThan(order?.deadline.getTime() ?? 0);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.settle();
});

test("a refused event does not delay the next one", async () => {
  let refused: string | undefined;
  const stop = watch(shop, (call, stage) => {
    if (stage !== "before" || call.to !== "inngest" || !call.path.startsWith("/e/")) return undefined;
    refused ??= /"orderId":"(\w+)"/.exec(call.body)?.[1];
    if (refused && call.body.includes(refused)) call.body = call.body.replaceAll("order/created", "inngest/evil");
    return undefined;
  });
  const first = await shop.checkout(await shop.product(1));
  const second = await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  stop();
  expect(await shop.order(first)).toMatchObject({ status: "pending" });
  expect(await shop.order(second)).toMatchObject({ status: "confirmed" });
  // The sweeps do not run in this file.
  const { unsentEvents } = await import("@/lib/outbox-sweep");
  await shop.clock.advance(MINUTE);
  await unsentEvents.repairAll?.([`order-created:${first.id}`]);
  await shop.clock.advance(MINUTE);
  expect(await shop.order(first)).toMatchObject({ status: "confirmed" });
});

test("a round of the reconciler that comes a moment early misses no sweep", async () => {
  const { startRound } = await import("@/lib/reconcile/run-sweeps");
  await shop.clock.advance(MINUTE - (shop.clock.now() % MINUTE) + 10);
  const rounds = async () => {
    await startRound("run");
    const [row] = await shop.sql<{ at: Date }>("SELECT last_run_at AS at FROM sweeps WHERE name = 'overdue-orders'");
    return row?.at.getTime();
  };
  expect(await rounds()).toBe(shop.clock.now());
  await shop.clock.advance(MINUTE - 20);
  expect(await rounds()).toBe(shop.clock.now());
  await shop.clock.advance(MINUTE + 20);
  expect(await rounds()).toBe(shop.clock.now());
});
