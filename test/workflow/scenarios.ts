import { expect } from "vitest";
import { HOUR, type Placed, type Shop } from "./shop";

/** A way through the shop, and what must have become of it whatever breaks on the way. */
export interface Scenario {
  name: string;
  paymentMethod: string;
  /** What the customer does once the order has come to rest. */
  next?(shop: Shop, placed: Placed): Promise<unknown>;
  /** Nothing breaks before that: another scenario breaks the same way up to there. */
  wholeUntilNext?: true;
  status: string;
  sold: 0 | 1;
  succeeded: 0 | 1;
  notifications: string[];
}

export const SCENARIOS: Scenario[] = [
  {
    name: "paid",
    paymentMethod: "pm_card_visa",
    status: "confirmed",
    sold: 1,
    succeeded: 1,
    notifications: ["confirmed"],
  },
  {
    name: "3-D Secure",
    paymentMethod: "pm_card_authenticationRequired",
    next: (shop, placed) => shop.authenticate(placed),
    status: "confirmed",
    sold: 1,
    succeeded: 1,
    notifications: ["confirmed"],
  },
  {
    name: "declined",
    paymentMethod: "pm_card_visa_chargeDeclined",
    status: "failed",
    sold: 0,
    succeeded: 0,
    notifications: ["failed"],
  },
  {
    name: "cancelled after the charge",
    paymentMethod: "pm_card_visa",
    next: async (shop, placed) => expect(await shop.cancel(placed)).toBe(202),
    wholeUntilNext: true,
    status: "cancelled",
    sold: 0,
    succeeded: 1,
    notifications: ["cancelled", "refunded"],
  },
];

/** People try again when they see an error. */
async function insist<T>(shop: Shop, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await work();
    } catch (error) {
      if (attempts === 3) throw error;
      await shop.settle();
    }
  }
}

/**
 * Places the order, interferes from then on as `cut` does, and holds it to its end: the stock adds up, exactly one charge
 * is collected or none, each email went out once.
 */
export async function play(shop: Shop, scenario: Scenario, cut: () => () => void): Promise<void> {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: scenario.paymentMethod });
  const { next, wholeUntilNext } = scenario;
  let repair = wholeUntilNext ? undefined : cut();
  if (next) {
    const resting = "SELECT 1 FROM orders WHERE id = $1 AND status IN ('awaiting_payment', 'confirmed')";
    await shop.clock.runUntil(async () => (await shop.sql(resting, [placed.id])).length > 0, HOUR);
    repair ??= cut();
    await insist(shop, () => next(shop, placed));
  }
  await shop.rest(placed);
  repair?.();
  const { status } = await shop.finish(placed);
  expect(status).toBe(scenario.status);
  expect(await shop.stock(product)).toEqual({ available: 1 - scenario.sold, reserved: 0, sold: scenario.sold });
  expect(await shop.money(placed.id)).toEqual({
    collected: scenario.sold * 2500,
    succeeded: scenario.succeeded,
    refunds: scenario.succeeded - scenario.sold,
    open: 0,
  });
  expect((await shop.notifications(placed)).sort()).toEqual(scenario.notifications);
}

/** Plays a scenario once for each point, and says at which one it went wrong. */
export async function playEach(
  points: number,
  run: (n: number) => Promise<void>,
  { first = 1, every = 1 } = {},
): Promise<void> {
  for (let n = first; n <= points; n += every)
    await run(n).catch((cause) => {
      throw new Error(`at point ${n} of ${points}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    });
}
