import { afterEach, expect, test } from "vitest";
import { audit, MINUTE, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

const NOTHING = { collected: 0, succeeded: 0, refunds: 0, open: 0 };

test.each([
  ["pm_card_visa_chargeDeclined", "payment_declined", "generic_decline"],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "payment_declined", "insufficient_funds"],
  ["pm_card_chargeCustomerFail", "payment_declined", undefined],
])("%s: the order fails for %s, the stock is free, the customer notified once", async (paymentMethod, reason, code) => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod });
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "failed", failureReason: reason, nextAction: { type: "pay_again" } });
  const declined = order.timeline.find(({ type }) => type === "payment_failed");
  expect(declined?.data).toMatchObject(code ? { code } : {});
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toEqual(NOTHING);
  expect(await shop.notifications(placed)).toEqual(["failed"]);
});

test("a payment method that Stripe does not know ends the order at once, and another one still pays for it", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_unknown" });
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "failed", failureReason: "invalid_payment_method" });
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["failed", "confirmed"]);
});

test("declined, then paid with another card: the same order is reserved again and charged once", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.finish(placed);
  expect(await shop.pay(placed)).toBe(202);
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "confirmed" });
  expect(order.failureReason).toBeUndefined();
  expect(await shop.money(placed.id)).toEqual({ ...NOTHING, collected: 2500, succeeded: 1 });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
  expect(await shop.notifications(placed)).toEqual(["failed", "confirmed"]);
});

test("declined three times in a row: one email for each attempt, and the fourth card pays", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  for (let again = 0; again < 2; again++) {
    await shop.finish(placed);
    expect(await shop.pay(placed, "pm_card_visa_chargeDeclined")).toBe(202);
  }
  await shop.finish(placed);
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["failed", "failed", "failed", "confirmed"]);
  expect(await shop.money(placed.id)).toEqual({ ...NOTHING, collected: 2500, succeeded: 1 });
});

test("a double click on pay again starts one attempt", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.finish(placed);
  const clicks = await Promise.all(Array.from({ length: 5 }, () => shop.pay(placed)));
  expect(clicks.sort()).toEqual([202, 409, 409, 409, 409]);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual({ ...NOTHING, collected: 2500, succeeded: 1 });
  expect((await shop.intents(placed.id)).length).toBe(2);
});

test("paid again after the stock has sold out: nothing is charged, and the customer is notified why", async () => {
  const product = await shop.product(1);
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.finish(placed);
  const faster = await shop.checkout(product);
  await shop.finish(faster);
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "failed", failureReason: "out_of_stock" });
  expect(await shop.money(placed.id)).toEqual(NOTHING);
  expect(await shop.notifications(placed)).toEqual(["failed", "failed"]);
  const [, last] = (await shop.emails(placed.email)).reverse();
  expect(last?.text).toContain("sold out");
  expect(await shop.pay(placed)).toBe(409);
});

test("paid again before the failure email is sent: it is suppressed", async () => {
  const product = await shop.product(1);
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 5 * MINUTE });
  const placed = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("an order that was paid, cancelled or placed too long ago cannot be paid again", async () => {
  const product = await shop.product(3);
  const paid = await shop.checkout(product);
  await shop.settle();
  expect(await shop.pay(paid)).toBe(409);
  expect(await shop.cancel(paid)).toBe(202);
  expect(await shop.pay(paid)).toBe(409);
  const old = await shop.checkout(product, { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.finish(old);
  await shop.sql("UPDATE orders SET created_at = created_at - interval '8 days' WHERE id = $1", [old.id]);
  expect(await shop.pay(old)).toBe(409);
  await shop.finish(paid);
});

test.each([
  ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "security code"],
  ["pm_card_chargeDeclinedExpiredCard", "expired_card", "has expired"],
  ["pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds", "insufficient funds"],
  ["pm_card_visa_chargeDeclinedStolenCard", "generic_decline", undefined],
])("the customer reads why %s was declined, unless Stripe asks not to name it: %s", async (card, code, words) => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: card });
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "failed", failureReason: "payment_declined", declineCode: code });
  expect(JSON.stringify(order)).not.toContain("stolen");
  const [email] = await shop.emails(placed.email);
  expect(email?.text).toContain(words ?? "declined the payment");
  expect(email?.text).not.toMatch(/stolen/i);
});
