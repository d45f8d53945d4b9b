import { afterEach, expect, test } from "vitest";
import { eraseAccount } from "@/lib/auth/erase-account";
import { BILLING_FUNCTIONS, newSubscriber } from "./billing-shop";
import { watch } from "./fault-injection";
import { audit, HOUR, openShop } from "./shop";

/** What a deleted account leaves at Stripe. */
const shop = openShop({
  ...{ only: [...BILLING_FUNCTIONS, "reconcile"], wires: true },
  env: { RECONCILE_EVERY_MINUTES: "15" },
});
afterEach(audit);

const customers = async (email: string) =>
  (await shop.stripeApi<{ data: { id: string }[] }>("GET", `/v1/customers?email=${encodeURIComponent(email)}`)).data;
const stored = (userId: string) => shop.sql("SELECT ended_at FROM billing_customers WHERE user_id = $1", [userId]);

test("the customer and the cards of a deleted account are deleted at Stripe, also if the answer is lost", async () => {
  const nora = await newSubscriber(shop);
  expect((await nora.subscribe()).status).toBe(201);
  await shop.settle();
  expect(await nora.charges()).toEqual(["paid"]);
  expect(await customers(nora.email)).toHaveLength(1);
  let lost = 0;
  watch(shop, ({ to, method, path }, stage) => {
    if (to !== "stripe" || method !== "DELETE" || !path.startsWith("/v1/customers/")) return undefined;
    return stage === "after" && lost++ < 2 ? "lost" : undefined;
  });
  await eraseAccount({ id: nora.id, email: nora.email });
  await shop.clock.advance(HOUR / 2);
  // The run that ends the subscription may still need it.
  expect(await customers(nora.email)).toHaveLength(1);
  await shop.clock.advance(2 * HOUR);
  expect(lost).toBeGreaterThan(0);
  expect(await customers(nora.email)).toEqual([]);
  expect(await stored(nora.id)).toEqual([]);
});

test("the account is deleted while its customer is being created: the customer is deleted, too", async () => {
  const lea = await newSubscriber(shop);
  let isErased = false;
  const stop = watch(shop, async ({ to, method, path }, stage) => {
    if (to !== "stripe" || method !== "POST" || path !== "/v1/customers" || stage !== "after" || isErased)
      return undefined;
    isErased = true;
    await eraseAccount({ id: lea.id, email: lea.email });
    return undefined;
  });
  expect((await lea.subscribe()).status).toBe(201);
  await shop.settle();
  stop();
  expect(isErased).toBe(true);
  await shop.clock.advance(2 * HOUR);
  expect(await customers(lea.email)).toEqual([]);
  expect(await stored(lea.id)).toEqual([]);
});

test("the customer of an account that is not deleted stays", async () => {
  const emil = await newSubscriber(shop);
  await emil.subscribe();
  await shop.settle();
  await emil.cancel();
  await shop.clock.advance(3 * HOUR);
  expect(await customers(emil.email)).toHaveLength(1);
  expect(await stored(emil.id)).toEqual([{ ended_at: null }]);
});
