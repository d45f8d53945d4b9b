import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber } from "./billing-shop";
import { killAt, watch } from "./fault-injection";
import { audit, MINUTE, openShop } from "./shop";

/** A webhook comes while Stripe's answer about the same payment is on its way, and the engine loses the run that it starts. */
const shop = openShop({
  only: [...BILLING_FUNCTIONS, "apply-payment-webhook", "process-order", "reconcile"],
  wires: true,
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const refund = (intent: string, amount: number) =>
  shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent, amount: String(amount) });

/** Another refund is made. Its webhook is stored, and its run is lost. */
async function refundLate(intent: string): Promise<void> {
  await shop.webhooks("drop");
  await refund(intent, 200);
  await shop.sql(
    "INSERT INTO webhook_inbox (provider, id, type, object_id, payload, received_at) VALUES ('stripe', $1, 'refund.created', $2, '{}', $3)",
    [`evt_late_${intent}`, intent, new Date(shop.clock.now() + 1)],
  );
}

/** Another refund is made after the list of refunds was read. */
async function refundedMeanwhile(intent: string): Promise<void> {
  let reads = 0;
  const stop = watch(shop, async ({ to, method, path }, stage) => {
    const read = to === "stripe" && method === "GET" && path.startsWith("/v1/refunds") && stage === "after";
    // The second and last: Stripe sends two events about a refund.
    if (!read || ++reads !== 2) return undefined;
    await refundLate(intent);
    return undefined;
  });
  await refund(intent, 100);
  await shop.settle();
  stop();
  expect(reads).toBe(2);
}

test("a late webhook of a subscription's payment: the reconciler reads the refund within minutes", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  const [charge] = await shop.sql<{ intent: string }>("SELECT intent_id AS intent FROM subscription_charges");
  await refundedMeanwhile(charge?.intent ?? "");
  await shop.clock.advance(4 * MINUTE);
  expect(await shop.sql("SELECT refunded FROM subscription_charges")).toEqual([{ refunded: 300 }]);
});

test("a late webhook of an order's payment: the reconciler reads the refund within minutes", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [intent] = await shop.intents(placed.id);
  await refundedMeanwhile(intent?.id ?? "");
  await shop.clock.advance(4 * MINUTE);
  expect(await shop.sql("SELECT refunded FROM payments WHERE order_id = $1", [placed.id])).toEqual([{ refunded: 300 }]);
});

test("the process ends before it marks a webhook as processed: a refund that is made meanwhile is read within minutes", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [intent] = await shop.intents(placed.id);
  // Stripe sends two events about a refund.
  const restart = killAt(shop, { sql: /UPDATE "public"\."webhook_inbox"/, skip: 1 });
  await refund(intent?.id ?? "", 100);
  await shop.settle();
  await refundLate(intent?.id ?? "");
  restart();
  await shop.clock.advance(5 * MINUTE);
  expect(await shop.sql("SELECT refunded FROM payments WHERE order_id = $1", [placed.id])).toEqual([{ refunded: 300 }]);
});
