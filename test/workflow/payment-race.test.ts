import { afterEach, expect, test } from "vitest";
import { withTwoIntents } from "./concurrent-writers";
import { audit, openShop } from "./shop";

/** Two charge one attempt at the same moment: the engine took the first for lost, and it is still at it. */
const shop = openShop({ only: [], wires: true });
afterEach(audit);

test("two concurrent charges with different PaymentIntents, because Stripe failed between them: charged once", async () => {
  const { reserveStock } = await import("@/lib/inventory/reservations");
  const { chargeOrder } = await import("@/lib/payments/charge-order");
  const { confirmOrder } = await import("@/lib/orders/change-order");
  const placed = await shop.checkout(await shop.product(1));
  await reserveStock(placed.id, 1);
  const charge = () => chargeOrder(placed.id, 1);
  const ends = await withTwoIntents(
    shop,
    charge,
    "UPDATE payments SET idempotency_key_version = idempotency_key_version + 1",
  );
  expect(ends).toEqual([{ outcome: "succeeded" }, { outcome: "succeeded" }]);
  expect(await confirmOrder(placed.id, 1)).toBe("confirmed");
  expect(await shop.money(placed.id)).toEqual({ collected: 2500, succeeded: 1, refunds: 0, open: 0 });
});
