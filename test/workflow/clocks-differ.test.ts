import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ClockSkew } from "../simulation/clock-skew";
import { watch } from "./fault-injection";
import { startProvider } from "./messaging-providers";
import { signedIn } from "./operator";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** The clock of a process is four minutes fast. Another process, whose clock is right, does what comes after it. */
const FAST = 4 * MINUTE;
const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({ wires: true });
let skew: ClockSkew;
beforeAll(() => {
  skew = new ClockSkew(shop.app);
});
afterEach(async () => {
  skew.end();
  await audit();
});

test("it has just compared the refunds at Stripe: one that is made now, and whose webhook is lost, is found", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [intent] = await shop.intents(placed.id);
  skew.begin(FAST, 1);
  const hasCompared = async () => {
    const [sweep] = await shop.sql<{ at: Date }>("SELECT last_run_at AS at FROM sweeps WHERE name = 'stripe-refunds'");
    return (sweep?.at.getTime() ?? 0) > shop.clock.now() + FAST - 30 * SECOND;
  };
  await shop.clock.runUntil(hasCompared, 20 * MINUTE);
  skew.end();
  await shop.webhooks("drop");
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "", amount: "1000" });
  await shop.clock.advance(45 * MINUTE);
  await shop.webhooks("deliver");
  expect((await shop.order(placed)).refunds).toMatchObject([{ amount: { amount: 1000 }, status: "succeeded" }]);
});

test("it cancels an order, then the other process cancels one, and both runs that plan webhooks are lost: both are called", async () => {
  const endpoint = { url: `${receiver.url}/hook`, events: ["order.cancelled"] };
  expect((await (await signedIn(shop)).post("/api/account/webhooks", endpoint)).status).toBe(201);
  const [fast, right] = [await shop.checkout(await shop.product(1)), await shop.checkout(await shop.product(1))];
  for (const placed of [fast, right]) await shop.finish(placed);
  const unwatch = watch(shop, ({ to, path }, stage) =>
    to === "app" && stage === "before" && path.includes("fnId=steadfast-plan-webhook-deliveries&") ? "lost" : undefined,
  );
  skew.begin(FAST, 1);
  await shop.cancel(fast);
  skew.end();
  await shop.cancel(right);
  // Inngest starts the run of an event from the future at its time.
  await shop.clock.advance(FAST + 30 * SECOND);
  // Of each cancellation, and of its refund.
  expect(await shop.loseRuns("plan-webhook-deliveries")).toBe(4);
  unwatch();
  await shop.clock.advance(30 * MINUTE);
  const orders = receiver.calls.map(({ body }) => JSON.parse(String(body)).data.orderId);
  expect(orders.sort()).toEqual([fast.id, right.id].sort());
});
