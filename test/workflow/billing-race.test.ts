import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber } from "./billing-shop";
import { behindLock, withTwoIntents } from "./concurrent-writers";
import { audit, openShop } from "./shop";

/** Two writers change one subscription at the same moment. */
const shop = openShop({ only: BILLING_FUNCTIONS, wires: true, env: { STRIPE_TIMEOUT_MS: "5000" } });
afterEach(audit);

test("two concurrent attempts with different PaymentIntents, because Stripe failed between them: charged once", async () => {
  const { chargeSubscription } = await import("@/lib/billing/charge-subscription");
  const user = await newSubscriber(shop);
  await user.subscribe();
  const [charge] = await shop.sql<{ id: string }>("SELECT id FROM subscription_charges");
  const id = charge?.id ?? "";
  const attempt = () => chargeSubscription(id, 1);
  const ends = await withTwoIntents(
    shop,
    attempt,
    "UPDATE subscription_charges SET idempotency_key_version = idempotency_key_version + 1",
  );
  expect(ends).toEqual([{ outcome: "paid" }, { outcome: "paid" }]);
  await shop.settle();
  expect(await user.money()).toMatchObject({ collected: 900, succeeded: 1 });
});

test("resumed at the moment when it ends with its period: a new subscription starts", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  expect(await user.cancel()).toBe(200);
  await shop.settle();
  const ending = `UPDATE subscriptions SET status = 'cancelled', cancelled_at = $2, end_reason = 'customer' WHERE user_id = $1`;
  const [answer] = await behindLock(ending, [user.id, new Date(shop.clock.now())], [() => user.subscribe()]);
  expect(answer).toMatchObject({ status: "fulfilled", value: { status: 201 } });
  await shop.settle();
  expect(await user.view()).toMatchObject({ status: "active", cancelAtPeriodEnd: false });
});
