import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop } from "./shop";

/** Without the reconciler, which would look at Stripe before the run does: what is left is the run's own care. */
const shop = openShop({ only: ["process-order", "process-refund", "deliver-queued-email"] });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

test("P6: the answer to a refund is lost, and Stripe is unreachable until it has forgotten the key: refunded once", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.rest(placed);
  await shop.webhooks("drop");
  await shop.fault("stripe", { kind: "answer_lost", method: "POST", path: "/v1/refunds" });
  await shop.fault("stripe", { kind: "rate_limit", path: "/v1/", until: shop.clock.now() + 24.2 * HOUR });
  const url = `/api/admin/orders/${placed.id}/refund`;
  await manager.post(url, { reason: "Broken", amount: 1000 }, { "idempotency-key": placed.id });
  await shop.clock.advance(25 * HOUR);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed", refunds: [{ status: "succeeded" }] });
  expect(await shop.money(placed.id)).toEqual({ collected: 1500, succeeded: 1, refunds: 1, open: 0 });
  expect(await shop.notifications(placed)).toEqual(["confirmed", "refunded"]);
});
