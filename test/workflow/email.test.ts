import { afterEach, expect, test } from "vitest";
import { onStatement } from "./fault-injection";
import { audit, HASTY, HOUR, MINUTE, openShop, SECOND } from "./shop";

const shop = openShop({ env: { ...HASTY, RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

test("the email provider is down for an hour: the order is confirmed meanwhile, and its email arrives once", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + HOUR });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  await shop.clock.advance(HOUR);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  await shop.finish(placed);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("an email that could not be sent for twenty hours ends as failed with an alert, even if the database connection breaks", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 3 * MINUTE });
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.clock.advance(15 * SECOND);
  await shop.sql("UPDATE emails SET created_at = created_at - interval '21 hours' WHERE recipient = $1", [
    placed.email,
  ]);
  let given = 0;
  const restore = onStatement((sql) => (sql.includes("Expired after") && ++given === 1 ? "after" : undefined));
  await shop.clock.advance(HOUR);
  restore();
  expect(given).toBeGreaterThan(0);
  expect(await shop.emails(placed.email)).toEqual([]);
  expect(await shop.sql("SELECT status FROM emails WHERE recipient = $1", [placed.email])).toEqual([
    { status: "failed" },
  ]);
  const operators = await shop.emails("operators@steadfast.example");
  expect(operators.filter(({ subject }) => /An email could not be sent for 20 hours/.test(subject))).toHaveLength(1);
});

test("the email provider is down for longer than the run retries: the email still arrives, once", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 3 * HOUR });
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.clock.advance(3 * HOUR + 5 * MINUTE);
  expect(await shop.notifications(placed)).toEqual(["failed"]);
});

test.each(["answer_lost", "timeout", "reset", "error"])(
  "P10: %s at the email provider: the email goes out exactly once",
  async (kind) => {
    await shop.fault("mailbox", { kind, times: 2 });
    const placed = await shop.checkout(await shop.product(1));
    await shop.finish(placed);
    expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  },
);

test("an email went out, its answer was lost, and a deploy changes the sender: it counts as sent", async () => {
  const { emailEnv } = await import("@/lib/env");
  const sender = emailEnv().MAIL_FROM;
  await shop.fault("mailbox", { kind: "answer_lost", times: 1 });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.runUntil(async () => (await shop.notifications(placed)).length === 1, MINUTE);
  emailEnv().MAIL_FROM = "New name <orders@steadfast.example>";
  await shop.clock.advance(HOUR);
  emailEnv().MAIL_FROM = sender;
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  const email = "SELECT status, error FROM emails WHERE kind = 'order_confirmed' AND recipient = $1";
  expect(await shop.sql(email, [placed.email])).toEqual([{ status: "sent", error: null }]);
});

test("after Retry-After from the email provider, the email waits as long as it says and no longer", async () => {
  await shop.fault("mailbox", { kind: "rate_limit", times: 1 });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(14 * SECOND);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test.each([
  [400, "validation_error", "API key is invalid"],
  [401, "validation_error", "API key is invalid"],
  [403, "validation_error", "The shop.example domain is not verified."],
])("the provider answers %i %s (%s) for an hour: the email waits and arrives once", async (status, code, message) => {
  await shop.fault("mailbox", { kind: "error", status, code, message, until: shop.clock.now() + HOUR });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(HOUR + 10 * MINUTE);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("an address that the provider refuses fails its email, and the order is still confirmed", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.fault("mailbox", { kind: "error", status: 422 });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  const emails = await shop.sql("SELECT status FROM emails WHERE kind = 'order_confirmed' AND recipient = $1", [
    placed.email,
  ]);
  expect(emails).toEqual([{ status: "failed" }]);
  expect(await shop.notifications(placed)).toEqual([]);
});

test("the provider's webhooks are recorded on the email, also late ones", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [email] = await shop.sql("SELECT status, last_event FROM emails WHERE recipient = $1", [placed.email]);
  expect(email).toEqual({ status: "sent", last_event: "email.delivered" });
});

test("the confirmation contains the shipping address, and its greeting never contains an address of a web page", async () => {
  const shippingAddress = {
    line1: "Torstraße 1",
    line2: "Hinterhaus",
    postalCode: "10119",
    city: "Berlin",
    country: "DE",
  };
  const placed = await shop.checkout(await shop.product(1), { name: "Win at casino.example", shippingAddress });
  await shop.finish(placed);
  const email = (await shop.emails(placed.email)).find(({ subject }) => subject.includes("is confirmed"));
  expect(email?.text).toContain("Torstraße 1\nHinterhaus\n10119 Berlin\nGermany");
  expect(email?.text).toContain("\n\nHello,\n");
});
