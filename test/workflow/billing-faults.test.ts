import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, DAY, newSubscriber } from "./billing-shop";
import { audit, HASTY, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({ only: BILLING_FUNCTIONS, env: HASTY });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const PAID = { collected: 900, succeeded: 1, open: 0 };
const NOTHING = { collected: 0, succeeded: 0, open: 0 };
const after = (ms: number) => shop.clock.now() + ms;

const FAULTS = {
  "a 500 that Stripe repeats under the same key": { kind: "error", status: 500 },
  "an outage that never reached the endpoint": { kind: "error", status: 503, times: 3 },
  "an answer that is lost": { kind: "answer_lost", times: 2 },
  "a call that is never answered": { kind: "timeout" },
  "too many requests": { kind: "rate_limit", times: 2 },
};
const CALLS = { customers: "/v1/customers", cards: "/v1/payment_methods", payments: "/v1/payment_intents" };

test.each(
  Object.entries(FAULTS).flatMap(([what, fault]) =>
    Object.entries(CALLS).map(([where, path]) => [what, where, { ...fault, path }] as const),
  ),
)("%s, at Stripe's %s: the period is paid, once, and no attempt counted as failed", async (_what, _where, fault) => {
  await shop.fault("stripe", fault);
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.clock.advance(30 * MINUTE);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid", attempts: 0 }] });
  expect(await user.money()).toEqual(PAID);
});

test.each(["answer_lost", "error"])("the confirmation itself meets %s: one charge", async (kind) => {
  await shop.fault("stripe", { kind, path: "/v1/payment_intents", after: 1, times: kind === "error" ? 1 : 2 });
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.clock.advance(30 * MINUTE);
  expect(await user.money()).toEqual(PAID);
});

test("Stripe is down for a day: no attempt is counted, and the period is paid afterwards", async () => {
  await shop.fault("stripe", { kind: "error", status: 503, until: after(DAY) });
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({ status: "incomplete", charges: [{ status: "open", attempts: 0 }] });
  await shop.clock.advance(12 * HOUR);
  expect(await user.view()).toMatchObject({ status: "active" });
  expect(await user.money()).toEqual(PAID);
  expect(await user.subjects()).toEqual(["Receipt: €9.00 for Steadfast Plus"]);
});

test("the bank requires 3-D Secure: the attempt fails, its email has a link, and the charge is paid once after authentication", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_authenticationRequired");
  await shop.settle();
  expect(await user.view()).toMatchObject({ charges: [{ attempts: 1, failureCode: "authentication_required" }] });
  expect(await user.subjects()).toEqual(["Please confirm: €9.00 for Steadfast Plus"]);
  const page = await user.payByLink();
  expect(page.status).toBe(200);
  const body = new URLSearchParams({ outcome: "succeeded" });
  const back = await fetch(page.bank ?? "", { method: "POST", body, redirect: "manual" });
  const shown = await fetch(back.headers.get("location") ?? "", { headers: { accept: "text/html" } });
  expect(await shown.text()).toContain("This is paid");
  await shop.clock.advance(2 * DAY);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
  expect(await user.money()).toEqual(PAID);
  expect((await user.payByLink()).status).toBe(200);
  expect(await user.money()).toEqual(PAID);
  expect(await user.subjects()).toEqual([
    "Please confirm: €9.00 for Steadfast Plus",
    "Receipt: €9.00 for Steadfast Plus",
  ]);
});

const authenticate = async (bank = "") => {
  const body = new URLSearchParams({ outcome: "succeeded" });
  expect((await fetch(bank, { method: "POST", body, redirect: "manual" })).status).toBe(303);
};

test("the bank requires 3-D Secure until the card is set up: one link is paid, and the next period is charged without a link", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_authenticationRequiredOnSetup");
  await shop.settle();
  const { bank } = await user.payByLink();
  await authenticate(bank);
  await shop.clock.advance(DAY);
  await user.toRenewal();
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({
    status: "active",
    charges: [
      { status: "paid", attempts: 0 },
      { status: "paid", attempts: 1 },
    ],
  });
  expect(await user.money()).toEqual({ collected: 1_800, succeeded: 2, open: 0 });
  const receipt = "Receipt: €9.00 for Steadfast Plus";
  expect(await user.subjects()).toEqual(["Please confirm: €9.00 for Steadfast Plus", receipt, receipt]);
});

test("a payment by link is left at the bank: the next attempt is made as usual, and then another card is charged", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_authenticationRequiredOnSetup");
  await shop.settle();
  expect((await user.payByLink()).bank).toBeDefined();
  await shop.clock.advance(DAY + 6 * HOUR);
  expect(await user.view()).toMatchObject({ charges: [{ attempts: 2, failureCode: "authentication_required" }] });
  expect((await user.payByLink()).bank).toBeDefined();
  await user.card("pm_card_visa");
  await shop.clock.advance(2 * DAY);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
  expect(await user.money()).toEqual(PAID);
});

test("paid at the bank without a webhook or a return: the next attempt finds the payment and charges nothing", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_authenticationRequired");
  await shop.settle();
  const { bank } = await user.payByLink();
  await shop.webhooks("drop");
  await fetch(bank ?? "", { method: "POST", body: new URLSearchParams({ outcome: "succeeded" }), redirect: "manual" });
  await shop.clock.advance(2 * DAY);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
  expect(await user.money()).toEqual(PAID);
});

test("declined, then paid with another card through the link", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.settle();
  await shop.fault("stripe", { kind: "error", status: 503, times: 3 });
  expect((await user.payByLink()).text).toContain("try again in a few minutes");
  await shop.clearFaults();
  const declined = await user.payByLink();
  expect(declined.status).toBe(402);
  expect(declined.text).toContain("Your card was declined.");
  await user.card("pm_card_visa");
  expect((await user.payByLink()).text).toContain("This is paid");
  await shop.clock.advance(2 * DAY);
  expect((await user.subjects()).at(-1)).toBe("Receipt: €9.00 for Steadfast Plus");
  expect(await user.view()).toMatchObject({ status: "active" });
  expect(await user.money()).toEqual(PAID);
});

test("the bank declined attaching the card and accepts it now: it is attached at once, not a day later", async () => {
  const stopped = { kind: "error", status: 402, code: "card_declined", path: "/v1/payment_methods" };
  await shop.fault("stripe", stopped);
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  expect(await user.view()).toMatchObject({ charges: [{ attempts: 1, failureCode: "card_declined" }] });
  await shop.fault("stripe", stopped);
  expect((await user.payByLink()).status).toBe(402);
  expect((await user.payByLink()).text).toContain("This is paid");
  expect(await user.money()).toEqual(PAID);
});

test("cancelled during dunning and paid at the bank at the same moment: the payment is refunded", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_authenticationRequired");
  await shop.settle();
  const { bank } = await user.payByLink();
  await shop.fault("stripe", { kind: "reset", times: 2, path: "/v1/payment_intents" });
  expect(await user.cancel()).toBe(200);
  await shop.settle();
  await fetch(bank ?? "", { method: "POST", body: new URLSearchParams({ outcome: "succeeded" }), redirect: "manual" });
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", endReason: "customer" });
  expect(await user.money()).toEqual({ collected: 0, succeeded: 1, open: 0 });
});

test("the PaymentIntent is canceled in Stripe's dashboard: the customer can pay by the link, once", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.settle();
  const [charge] = await shop.sql<{ intent: string }>(
    "SELECT c.intent_id AS intent FROM subscription_charges c JOIN subscriptions s ON s.id = c.subscription_id WHERE s.user_id = $1",
    [user.id],
  );
  await shop.stripeApi("POST", `/v1/payment_intents/${charge?.intent}/cancel`);
  await shop.settle();
  await user.card("pm_card_visa");
  expect((await user.payByLink()).text).toContain("This is paid");
  await shop.clock.advance(2 * DAY);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
  expect(await user.money()).toEqual(PAID);
});

test("cancelled before the first charge while Stripe is down: nothing is charged", async () => {
  await shop.fault("stripe", { kind: "error", status: 503, until: after(HOUR) });
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  expect(await user.cancel()).toBe(200);
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", charges: [{ status: "failed" }] });
  expect(await user.money()).toEqual(NOTHING);
});

test("Stripe goes down at the last attempt: the subscription ends when it is back, with no open PaymentIntent", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.clock.advance(5 * DAY - 6 * HOUR);
  await shop.fault("stripe", { kind: "error", status: 503, path: "/v1/payment_intents", until: after(DAY) });
  await shop.clock.advance(3 * DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", endReason: "unpaid" });
  expect(await user.money()).toEqual(NOTHING);
});

test("an outage during dunning: the new period is charged, and the old one is waived and closed", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.settle();
  await user.toRenewal();
  await user.card("pm_card_visa");
  await shop.clock.advance(DAY);
  expect(await user.charges()).toEqual(["waived", "paid"]);
  expect(await user.money()).toEqual(PAID);
});
