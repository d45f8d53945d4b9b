import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { watch } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, openShop } from "./shop";

/** A process of the app ends, and another one continues, which remembers nothing of what the first one has done. */
const shop = openShop({ wires: true, only: ["process-order", "process-refund", "deliver-queued-email"] });
let isRestarted = false;
let manager: Operator;
beforeAll(async () => {
  vi.resetModules();
  await shop.startSecondProcess(() => isRestarted);
  manager = await signedIn(shop);
});
afterEach(async () => {
  isRestarted = false;
  await audit();
});

test("a client repeats its checkout at another process: the same order", async () => {
  const body = { items: [{ productId: await shop.product(2), quantity: 1 }], email: "again@customers.example" };
  const checkout = async () => {
    const headers = { "content-type": "application/json", "idempotency-key": "once" };
    const request = { method: "POST", headers, body: JSON.stringify({ ...body, paymentMethod: "pm_card_visa" }) };
    return (await (await fetch(`${shop.app}/api/checkout`, request)).json()).order;
  };
  const first = await checkout();
  isRestarted = true;
  expect(await checkout()).toEqual(first);
  await shop.finish(first);
});

test("the answer to a refund and its webhook are lost, and another process repeats the call: Stripe makes one refund", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  await shop.webhooks("drop");
  let lost = 0;
  const unwatch = watch(shop, ({ to, method, path }, stage) => {
    if (isRestarted || stage === "before" || to !== "stripe" || method !== "POST" || path !== "/v1/refunds")
      return undefined;
    // Stripe's library repeats a call itself, once, when its connection breaks.
    isRestarted = ++lost === 2;
    return "lost";
  });
  const refund = manager.post(
    `/api/admin/orders/${placed.id}/refund`,
    { amount: 1000, reason: "Broken" },
    { "idempotency-key": "refund" },
  );
  expect((await refund).status).toBe(201);
  await shop.finish(placed);
  unwatch();
  await shop.webhooks("deliver");
  expect(isRestarted).toBe(true);
  const [intent] = await shop.intents(placed.id);
  const { data } = await shop.stripeApi<{ data: { amount: number }[] }>(
    "GET",
    `/v1/refunds?payment_intent=${intent?.id}`,
  );
  expect(data.map(({ amount }) => amount)).toEqual([1000]);
});
