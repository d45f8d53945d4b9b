import { afterEach, beforeAll, expect, test } from "vitest";
import { Deploys } from "../simulation/deploys";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** A deploy renames the steps of all functions while a run sleeps: the run does its work again, under other names. */
const shop = openShop({
  env: { REVIEW_FROM: "EUR:100000", REVIEW_HOLD: "1", REVIEW_HOLD_HOURS: "2", RECONCILE_EVERY_MINUTES: "5" },
});
let deploys: Deploys;
beforeAll(async () => {
  const { functions } = await import("@/inngest/functions");
  deploys = new Deploys(functions);
});
afterEach(async () => {
  deploys.clear();
  await audit();
});

async function expectPaidOnce(placed: Placed, amount: number): Promise<void> {
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  const succeeded = amount > 0 ? 1 : 0;
  expect(await shop.money(placed.id)).toEqual({ collected: amount, succeeded, refunds: 0, open: 0 });
}

test.each([2_500, 0])("at %s cents, before the confirmation is sent: one email, without a sweep", async (price) => {
  const placed = await shop.checkout(await shop.product(1, price));
  await shop.settle();
  deploys.deploy();
  await shop.clock.advance(30 * SECOND);
  await expectPaidOnce(placed, price);
});

test("while the customer authenticates the payment: the order is charged and confirmed once", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  deploys.deploy();
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  await expectPaidOnce(placed, 2_500);
});

test("while a manager has to release the order: the time for the decision does not start again", async () => {
  const placed = await shop.checkout(await shop.product(1, 100_000));
  await shop.clock.advance(HOUR);
  deploys.deploy();
  await shop.clock.advance(HOUR + 20 * MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "cancelled", failureReason: "review_expired" });
});
