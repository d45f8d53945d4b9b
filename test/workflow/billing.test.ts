import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, DAY, newSubscriber } from "./billing-shop";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({ only: BILLING_FUNCTIONS });
afterEach(audit);

const MONTH = 31 * DAY;

test("a subscription is charged at once and again a month later, with a receipt each", async () => {
  const user = await newSubscriber(shop);
  expect((await user.subscribe()).status).toBe(201);
  await shop.settle();
  const started = await user.view();
  expect(started).toMatchObject({ status: "active", charges: [{ status: "paid", attempts: 0 }] });
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 0 });
  await shop.clock.advance(MONTH + 12 * HOUR);
  expect(await user.charges()).toEqual(["paid", "paid"]);
  expect(await user.money()).toEqual({ collected: 1_800, succeeded: 2, open: 0 });
  expect(await user.subjects()).toEqual(["Receipt: €9.00 for Steadfast Plus", "Receipt: €9.00 for Steadfast Plus"]);
  expect((await user.view()).charges[0]?.period.start).toBe(started.renewsAt);
});

test("ten concurrent billing cycles create one charge for each period", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  const { id } = await user.view();
  await user.toRenewal();
  const { openCharges } = await import("@/lib/billing/due-charges");
  const { triggerDueCharges } = await import("@/lib/billing/due-charges");
  const round = () => openCharges().then(() => triggerDueCharges());
  const rounds = await Promise.all(Array.from({ length: 10 }, round));
  expect(rounds.reduce((sum, { triggered }) => sum + triggered, 0)).toBe(1);
  const [charge] = await shop.sql<{ id: string }>(
    "SELECT id FROM subscription_charges WHERE subscription_id = $1 AND period = 1",
    [id],
  );
  const events = Array.from({ length: 5 }, (_, index) => ({
    name: "subscription/charge-due",
    id: `again-${index}`,
    data: { chargeId: charge?.id, attempt: 1 },
  }));
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
  await shop.clock.advance(DAY);
  expect(await user.charges()).toEqual(["paid", "paid"]);
  expect(await user.money()).toEqual({ collected: 1_800, succeeded: 2, open: 0 });
  expect(await user.subjects()).toHaveLength(2);
});

test("after three months without a run, the current month is charged and the others are waived", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  const { id } = await user.view();
  // As if the subscription had started 100 days ago and the clock of the shop had stood still since.
  await shop.sql(
    `UPDATE subscriptions SET anchor_at = anchor_at - interval '100 days', next_due_at = next_due_at - interval '100 days' WHERE id = $1`,
    [id],
  );
  await shop.clock.advance(DAY);
  expect(await user.charges()).toEqual(["paid", "waived", "waived", "paid"]);
  expect(await user.money()).toEqual({ collected: 1_800, succeeded: 2, open: 0 });
  const { charges, renewsAt } = await user.view();
  expect(Date.parse(renewsAt)).toBeGreaterThan(shop.clock.now());
  expect(charges[0]?.period.end).toBe(renewsAt);
});

test("a declined charge is attempted again after one, three and five days with an email each, then the subscription is cancelled; nothing stays open at Stripe", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.settle();
  expect(await user.view()).toMatchObject({ status: "incomplete", charges: [{ attempts: 1 }] });
  for (const [days, attempts] of [
    [1, 2],
    [2, 3],
  ] as const) {
    await shop.clock.advance(days * DAY - 12 * HOUR);
    expect((await user.view()).charges[0]?.attempts).toBe(attempts - 1);
    await shop.clock.advance(12 * HOUR + 6 * HOUR);
    expect((await user.view()).charges[0]?.attempts).toBe(attempts);
  }
  await shop.clock.advance(2 * DAY);
  expect(await user.view()).toMatchObject({
    status: "cancelled",
    endReason: "unpaid",
    charges: [{ status: "failed", attempts: 4 }],
  });
  const unpaid = "We could not charge €9.00 for Steadfast Plus";
  expect(await user.subjects()).toEqual([unpaid, unpaid, unpaid, "Steadfast Plus has ended"]);
  expect(await user.money()).toEqual({ collected: 0, succeeded: 0, open: 0 });
  expect((await user.subscribe()).status).toBe(201);
});

test("a declined renewal, then another card: the new card is charged and the subscription continues", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  expect(await user.card("pm_card_chargeCustomerFail")).toBe(200);
  await user.toRenewal();
  await shop.clock.advance(6 * HOUR);
  expect(await user.view()).toMatchObject({ status: "past_due", charges: [{ status: "open", attempts: 1 }, {}] });
  expect(await user.card("pm_card_mastercard")).toBe(200);
  await shop.clock.advance(DAY + 6 * HOUR);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }, { status: "paid" }] });
  expect(await user.money()).toEqual({ collected: 1_800, succeeded: 2, open: 0 });
});

test("a card that Stripe does not know is a failed attempt, and the next card is charged", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_nobody");
  await shop.settle();
  expect(await user.view()).toMatchObject({ status: "incomplete", charges: [{ failureCode: "resource_missing" }] });
  await user.card("pm_card_visa");
  await shop.clock.advance(DAY + 6 * HOUR);
  expect(await user.view()).toMatchObject({ status: "active", charges: [{ status: "paid" }] });
});

test("cancelled in a paid period: it runs to the end of the period and is not charged again; if the cancellation is withdrawn, it is charged", async () => {
  const user = await newSubscriber(shop);
  const other = await newSubscriber(shop);
  for (const one of [user, other]) {
    await one.subscribe();
    await shop.settle();
    expect(await one.cancel()).toBe(200);
    expect(await one.cancel()).toBe(200);
    expect(await one.view()).toMatchObject({ status: "active", cancelAtPeriodEnd: true });
  }
  expect((await other.subscribe()).status).toBe(201);
  for (const one of [user, other]) await one.toRenewal();
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", endReason: "customer" });
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 0 });
  expect((await user.subjects()).filter((subject) => /ends on/.test(subject))).toHaveLength(1);
  expect(await other.charges()).toEqual(["paid", "paid"]);
  expect(await user.cancel()).toBe(404);
});

test("cancelled, resumed and cancelled again in one period: each cancellation is confirmed by one email, and the end by none", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe();
  await shop.settle();
  const confirmed = async () =>
    (await user.subjects()).filter((subject) => /Steadfast Plus (ends|has ended)/.test(subject));
  for (const confirmations of [1, 2]) {
    expect(await user.cancel()).toBe(200);
    expect(await user.cancel()).toBe(200);
    await shop.clock.advance(MINUTE);
    expect(await confirmed()).toHaveLength(confirmations);
    expect(await user.cancel()).toBe(200);
    if (confirmations === 1) expect((await user.subscribe()).status).toBe(201);
    await shop.clock.advance(MINUTE);
  }
  await user.toRenewal();
  await shop.clock.advance(DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", endReason: "customer" });
  expect(await confirmed()).toHaveLength(2);
});

test("runs for unknown charges and subscriptions end at once and say so", async () => {
  const events = [
    { name: "subscription/charge-due", id: "none-1", data: { chargeId: "sch_none", attempt: 1 } },
    { name: "subscription/cancelled", id: "none-2", data: { subscriptionId: "sub_none" } },
    { name: "subscription/payment-changed", id: "none-3", data: { chargeId: "sch_none" } },
  ];
  const sent = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  for (const id of ids) {
    const runs = await fetch(`${shop.inngest}/api/v2/events/${id}/runs?includeOutput=true`);
    expect(((await runs.json()) as { data: unknown[] }).data[0]).toMatchObject({ status: "COMPLETED" });
  }
});
