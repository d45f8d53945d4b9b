import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { audit, MINUTE, openShop, type Placed } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

async function waiting(): Promise<Placed> {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  return placed;
}

/** Returns the result of an order: status, timeline, refunds, money and emails. */
async function result(placed: Placed) {
  const { status, failureReason, timeline, refunds } = await shop.finish(placed);
  const types = timeline.map(({ type }) => type).sort();
  // The emails of a cancellation and of its refund come from two workflows, in either order.
  const emails = (await shop.notifications(placed)).sort();
  return { status, failureReason, types, refunds, money: await shop.money(placed.id), emails };
}

const outcomes = {
  passed: (placed: Placed) => shop.authenticate(placed),
  "failed at the bank": (placed: Placed) => shop.authenticate(placed, "failed"),
  "passed and cancelled at once": async (placed: Placed) => {
    await shop.authenticate(placed);
    await shop.cancel(placed);
  },
};

test.each(Object.entries(outcomes))(
  "P3: %s: webhooks in any order, any number of times, at any time, have the result of the ideal sequence",
  async (_name, happen) => {
    const ideal = await waiting();
    await happen(ideal);
    const { refunds: _, ...expected } = await result(ideal);
    const delivery = fc.record({ order: fc.constantFrom(undefined, "reverse" as const), duplicate: fc.boolean() });
    const delays = fc.array(fc.tuple(fc.constantFrom(0, 1_000, 40_000, 7 * MINUTE), delivery), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(delays, async (flushes) => {
        await shop.webhooks("hold");
        const placed = await waiting();
        await happen(placed);
        for (const [delay, how] of flushes) {
          await shop.clock.advance(delay);
          await shop.flush(how);
        }
        await shop.webhooks("deliver");
        expect(await result(placed)).toMatchObject(expected);
      }),
      { numRuns: 6, seed: 7 },
    );
  },
  60_000,
);

test.each(["early", "duplicate", "reverse", "drop"] as const)(
  "P3: webhooks in mode %s from the first call on: one charge, one confirmation email",
  async (mode) => {
    await shop.webhooks(mode);
    const placed = await shop.checkout(await shop.product(1));
    expect(await result(placed)).toMatchObject({
      status: "confirmed",
      money: { collected: 2500, succeeded: 1, refunds: 0, open: 0 },
      emails: ["confirmed"],
    });
    const unprocessed = "SELECT id, type FROM webhook_inbox WHERE processed_at IS NULL";
    await shop.clock.advance(5 * MINUTE);
    expect(await shop.sql(unprocessed)).toEqual([]);
  },
);

test("a webhook with an invalid signature is refused and not stored", async () => {
  const [before] = await shop.sql("SELECT count(*) FROM webhook_inbox");
  for (const header of ["", "t=1,v1=00", `t=${Math.floor(shop.clock.now() / 1_000)},v1=${"0".repeat(64)}`]) {
    const headers = { "content-type": "application/json", ...(header && { "stripe-signature": header }) };
    const body = JSON.stringify({ id: "evt_1", type: "payment_intent.succeeded", data: { object: { id: "pi_1" } } });
    const response = await fetch(`${shop.app}/api/webhooks/stripe`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_signature" });
  }
  expect(await shop.sql("SELECT count(*) FROM webhook_inbox")).toEqual([before]);
});

test("webhooks that arrive while their payments are recorded: no other call of Stripe is needed", async () => {
  const products = await Promise.all(Array.from({ length: 30 }, () => shop.product(1)));
  const before = shop.calls().stripe;
  await Promise.all(products.map((product) => shop.checkout(product)));
  await shop.settle();
  expect(await shop.sql("SELECT id FROM webhook_inbox WHERE provider = 'stripe' AND processed_at IS NULL")).toEqual([]);
  expect(shop.calls().stripe - before).toBe(2 * products.length);
});
