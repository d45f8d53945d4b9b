import { afterEach, expect, test } from "vitest";
import { watch } from "./mishaps";
import { audit, openShop } from "./shop";
import { signal } from "./two-writers";

/** Two charge one attempt at the same moment: the engine took the first for lost, and it is still at it. */
const shop = openShop({ only: [], wires: true });
afterEach(audit);

test("their PaymentIntents differ, because Stripe failed between them: charged once", async () => {
  const { reserveStock } = await import("@/lib/inventory/reserve-stock");
  const { chargeOrder } = await import("@/lib/payments/charge-order");
  const { confirmOrder } = await import("@/lib/orders/confirm-order");
  const placed = await shop.checkout(await shop.product(1));
  await reserveStock(placed.id, 1);
  const [first, second] = [signal(), signal()];
  let calls = 0;
  let later: Promise<unknown> | undefined;
  const stop = watch(shop, async ({ to, path }, stage) => {
    if (to !== "stripe") return undefined;
    if (path === "/v1/payment_intents" && stage === "after" && ++calls === 1) {
      // The first one's answer is on its way. The other has met a 500, and goes on under a new key.
      await shop.sql("UPDATE payments SET tries = tries + 1");
      later = chargeOrder(placed.id, 1);
      await second.given;
    }
    if (path.endsWith("/confirm") && stage === "before" && calls === 2) {
      calls++;
      second.give();
      await first.given;
    }
    return undefined;
  });
  expect(await chargeOrder(placed.id, 1)).toEqual({ outcome: "succeeded" });
  first.give();
  expect(await later).toEqual({ outcome: "succeeded" });
  stop();
  expect(await confirmOrder(placed.id, 1)).toBe("confirmed");
  expect(await shop.money(placed.id)).toEqual({ kept: 2500, succeeded: 1, refunds: 0, open: 0 });
});
