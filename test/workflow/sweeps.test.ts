import { afterEach, expect, test } from "vitest";
import { audit, HASTY, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** What the runner of the sweeps does for all of them. */
const shop = openShop({ env: HASTY });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const state = async (name: string) =>
  (await shop.sql<Record<string, unknown>>("SELECT * FROM sweeps WHERE name = $1", [name]))[0] ?? expect.fail(name);
const failures = () => shop.sql<{ sweep: string; attempts: number }>("SELECT sweep, attempts FROM sweep_failures");

/** A refund whose event was lost. */
async function lostRefund(placed: Placed): Promise<void> {
  await shop.sql(
    `INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, idempotency_key, created_at, updated_at)
     SELECT 'ref_' || id, id, order_id, 100, currency, 'test', 'pending', 'refund:' || id, $2, $2 FROM payments WHERE order_id = $1`,
    [placed.id, new Date(shop.clock.now())],
  );
  await shop.sql("UPDATE payments SET refunded = 100 WHERE order_id = $1", [placed.id]);
}

test("every sweep runs as often as it says, and stores what it found and repaired", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await lostRefund(placed);
  await shop.clock.advance(30 * MINUTE);
  const { SWEEPS } = await import("@/lib/reconcile/registry");
  const rows = await shop.sql<{ name: string; last_run_at: Date; leased_until: Date | null }>("SELECT * FROM sweeps");
  expect(rows.map(({ name }) => name).sort()).toEqual(SWEEPS.map(({ name }) => name).sort());
  for (const { name, last_run_at, leased_until } of rows) {
    const every = SWEEPS.find((sweep) => sweep.name === name)?.intervalMs ?? 0;
    expect([name, shop.clock.now() - last_run_at.getTime() <= every, leased_until]).toEqual([name, true, null]);
  }
  expect(await state("pending-refunds")).toMatchObject({ found: 1, repaired: 1 });
});

test("a provider that does not answer delays only its own sweeps", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await lostRefund(placed);
  await shop.fault("stripe", { kind: "timeout", until: shop.clock.now() + 40 * MINUTE });
  await shop.clock.advance(15 * MINUTE);
  expect(await failures()).toContainEqual(expect.objectContaining({ sweep: "pending-refunds" }));
  const at = new Date(shop.clock.now());
  await shop.sql(
    `INSERT INTO outbox (id, name, data, created_at, not_before) VALUES ('late', 'email/sent', '{}', $1, $1)`,
    [at],
  );
  await shop.clock.advance(2 * MINUTE);
  expect(await shop.sql("SELECT id FROM outbox WHERE id = 'late' AND sent_at IS NULL")).toEqual([]);
  await shop.clock.advance(HOUR);
  expect(await failures()).toEqual([]);
  expect(await shop.notifications(placed)).toContain("refunded");
});

test("two thousand unsent events go out within one round", async () => {
  const at = new Date(shop.clock.now());
  await shop.sql(
    `INSERT INTO outbox (id, name, data, created_at, not_before)
     SELECT 'bulk' || n, 'email/sent', '{}', $1, $1 FROM generate_series(1, 2500) n`,
    [at],
  );
  await shop.clock.advance(MINUTE);
  expect(await shop.sql("SELECT count(*)::int AS left FROM outbox WHERE sent_at IS NULL")).toEqual([{ left: 0 }]);
});

test("two rounds at once do not run a sweep twice", async () => {
  const { startRound } = await import("@/lib/reconcile/run-sweeps");
  await shop.sql("UPDATE sweeps SET next_at = '2000-01-01', leased_until = NULL WHERE name = 'stripe-payments'");
  const rounds = await Promise.all([startRound("run-1"), startRound("run-2")]);
  expect(rounds.flat().filter((name) => name === "stripe-payments")).toHaveLength(1);
  await shop.clock.advance(30 * MINUTE);
});
