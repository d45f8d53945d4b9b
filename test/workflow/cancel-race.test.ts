import { afterEach, expect, test } from "vitest";
import type { ProxiedCall as WireCall } from "@/dev/fault-proxy";
import { countCalls, oneStepOnly, watch } from "./fault-injection";
import { playEach } from "./scenarios";
import { audit, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** P9: the customer cancels at each point of the flow: while any one call that the app makes or gets is on its way. */
const shop = openShop({ wires: true });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

/** Every call, and so every step, which is a call of its own here. */
const any = (call: WireCall) => {
  oneStepOnly(call);
  return true;
};

async function order(paymentMethod: string, meanwhile: (placed: Placed) => () => void) {
  // Just after the reconciler's round, so that the calls are those of the order.
  await shop.clock.advance(MINUTE - (shop.clock.now() % MINUTE) + SECOND);
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod });
  const stop = meanwhile(placed);
  await shop.clock.advance(12 * SECOND);
  stop();
  return { product, placed };
}

async function cancelledAt(n: number, at: "before" | "after", paymentMethod: string): Promise<void> {
  let seen = 0;
  let chosen: WireCall | undefined;
  let answer = 0;
  const { product, placed } = await order(paymentMethod, (it) =>
    watch(shop, async (call, stage) => {
      if (stage === "before" && any(call) && ++seen === n) chosen = call;
      if (call === chosen && stage === at && answer === 0) answer = await shop.cancel(it);
      return undefined;
    }),
  );
  expect(answer).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  const money = await shop.money(placed.id);
  expect(money).toMatchObject({ collected: 0, open: 0, refunds: money.succeeded });
  const notifications = await shop.notifications(placed);
  const late = chosen?.to === "mailbox" || notifications[0] === "confirmed";
  const expected = ["cancelled", ...(late ? ["confirmed"] : []), ...(money.succeeded ? ["refunded"] : [])];
  expect(notifications.sort()).toEqual(expected);
}

test.each(["pm_card_visa", "pm_card_authenticationRequired"])(
  "P9: %s: cancelled at any point: stock and money are returned, and no later email contradicts it",
  async (paymentMethod) => {
    const calls = await countCalls(shop, any, async (cut) => {
      await shop.finish((await order(paymentMethod, cut)).placed);
    });
    expect(calls).toBeGreaterThan(5);
    for (const at of ["before", "after"] as const) await playEach(calls, (n) => cancelledAt(n, at, paymentMethod));
  },
  120_000,
);

test("P9: cancelled between the intent's creation and its confirmation: the card is never charged", async () => {
  let answer = 0;
  const { product, placed } = await order("pm_card_visa", (it) =>
    watch(shop, async ({ to, path }, stage) => {
      if (to === "stripe" && path === "/v1/payment_intents" && stage === "after") answer = await shop.cancel(it);
      return undefined;
    }),
  );
  expect(answer).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", refunds: [] });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.notifications(placed)).toEqual(["cancelled"]);
});
