import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** A high-value order that a manager has to release: it is charged, its stock set aside, and goes no further. */
const shop = openShop({
  env: { REVIEW_FROM: "EUR:100000", REVIEW_HOLD: "1", REVIEW_HOLD_HOURS: "2", RECONCILE_EVERY_MINUTES: "5" },
});
const PRICE = 100_000;
let [manager, admin, customer]: Operator[] = [];
beforeAll(async () => {
  manager = await signedIn(shop, "manager");
  admin = await signedIn(shop, "admin");
  customer = await signedIn(shop, "customer");
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const decide = (placed: { id: string }, decision: string, who = manager, note?: string) =>
  (who ?? expect.fail()).post(`/api/admin/orders/${placed.id}/review`, { decision, ...(note && { note }) });

async function place(more: Record<string, unknown> = {}): Promise<Placed & { product: string }> {
  const product = await shop.product(1, PRICE);
  return { ...(await shop.checkout(product, more)), product };
}

async function held(): Promise<Placed & { product: string }> {
  const placed = await place();
  await shop.settle();
  expect(await types(placed)).toEqual(["order_placed", "stock_reserved", "payment_succeeded", "order_held"]);
  return placed;
}

const types = async (placed: Placed) => (await shop.order(placed)).timeline.map(({ type }) => type);

async function expectReturned(placed: Placed & { product: string }, reason: string): Promise<void> {
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", failureReason: reason });
  expect(await shop.stock(placed.product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 1, open: 0 });
  expect((await shop.notifications(placed)).sort()).toEqual(["cancelled", "refunded"]);
}

const CONFIRMED = { collected: PRICE, succeeded: 1, refunds: 0, open: 0 };

test("with a quarter of the time left each manager is reminded once; a decided order has no reminder", async () => {
  const [waiting, released] = [await held(), await held()];
  expect((await decide(released, "release")).status).toBe(200);
  const notifications = async (placed: Placed) =>
    (await shop.emails(manager?.email ?? ""))
      .filter(({ text }) => text.includes(placed.id))
      .map(({ subject }) => subject);
  await shop.clock.advance(HOUR + 29 * MINUTE);
  expect(await notifications(waiting)).toHaveLength(1);
  await shop.clock.advance(20 * MINUTE);
  expect((await notifications(waiting))[0]).toMatch(/is cancelled in (29|30) minutes unless you release it/);
  expect([(await notifications(waiting)).length, (await notifications(released)).length]).toEqual([2, 1]);
  expect((await decide(waiting, "release")).status).toBe(200);
  expect(await shop.finish(waiting)).toMatchObject({ status: "confirmed" });
});

test("released while the email provider is down: nobody is reminded of it any more", async () => {
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 110 * MINUTE });
  const placed = await held();
  await shop.clock.advance(100 * MINUTE);
  expect((await decide(placed, "release")).status).toBe(200);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  await shop.clock.advance(HOUR);
  const received = await shop.emails(manager?.email ?? "");
  const subjects = received.filter(({ text }) => text.includes(placed.id)).map(({ subject }) => subject);
  expect(subjects.filter((subject) => /unless you release it/.test(subject))).toEqual([]);
});

test("the list of held orders holds no others", async () => {
  const [first, second, rejected] = [await held(), await held(), await held()];
  const declined = await place({ paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.settle();
  await decide(rejected, "reject");
  const list = async (query: string) => {
    const answer = await (manager ?? expect.fail()).read<{ items: { id: string }[] }>(
      (manager ?? expect.fail()).get(`/api/admin/orders?${query}`),
    );
    return answer.items.map(({ id }) => id);
  };
  expect((await list("review=held")).sort()).toEqual([first.id, second.id].sort());
  expect(await list("review=rejected")).toEqual([rejected.id]);
  expect(await list("review=held&status=failed")).toEqual([]);
  expect((await (manager ?? expect.fail()).get("/api/admin/orders?review=lost")).status).toBe(422);
  for (const placed of [first, second]) await decide(placed, "release");
  for (const placed of [first, second, rejected, declined]) await shop.finish(placed);
  expect(await list("review=held")).toEqual([]);
});

test("managers get a link, once each; an hour later one releases the order, and it is confirmed", async () => {
  const placed = await held();
  await shop.clock.advance(5 * SECOND);
  for (const { email } of [manager, admin].map((who) => who ?? expect.fail())) {
    const [request, ...more] = (await shop.emails(email)).filter(({ text }) => text.includes(placed.id));
    expect(request?.text).toContain(`${shop.app}/console/orders/${placed.id}`);
    expect(request?.text).toContain("€1,000.00");
    expect(more).toEqual([]);
  }
  await shop.clock.advance(HOUR);
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect(await shop.stock(placed.product)).toEqual({ available: 0, reserved: 1, sold: 0 });
  const response = await decide(placed, "release", manager, "Known customer");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    ...{ orderId: placed.id, status: "released", decidedBy: manager?.id, note: "Known customer" },
  });
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(CONFIRMED);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
});

test("rejected: the stock is freed, the money is refunded, and the email says why", async () => {
  const placed = await held();
  expect((await decide(placed, "reject")).status).toBe(200);
  expect(await shop.stock(placed.product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  await expectReturned(placed, "review_rejected");
  expect((await shop.emails(placed.email)).map(({ text }) => text).join()).toContain("could not accept");
});

test("nobody decides: after two hours it is cancelled, and a later decision gets 409", async () => {
  const placed = await held();
  await shop.clock.advance(2 * HOUR - MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  await shop.clock.advance(2 * MINUTE);
  await expectReturned(placed, "review_expired");
  expect(await problem(await decide(placed, "release"))).toEqual({
    status: 409,
    code: "review_decided",
    fields: ["decision"],
  });
});

test.each([0, SECOND, 31 * SECOND, 11 * MINUTE])(
  "released %i ms after it was placed: no decision is missed",
  async (ms) => {
    const placed = await place();
    if (ms > 0) await shop.clock.advance(ms);
    expect((await decide(placed, "release")).status).toBe(200);
    await shop.settle();
    expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  },
);

test("rejected before anything ran: nothing is charged", async () => {
  const placed = await place();
  expect((await decide(placed, "reject")).status).toBe(200);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 0, refunds: 0, open: 0 });
});

test("two managers at the same moment: one decision", async () => {
  const placed = await held();
  const answers = await Promise.all([decide(placed, "release", manager), decide(placed, "reject", admin)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const released = answers[0]?.status === 200;
  expect(await shop.finish(placed)).toMatchObject({ status: released ? "confirmed" : "cancelled" });
  const agreed = await decide(placed, released ? "release" : "reject", admin);
  expect(agreed.status).toBe(200);
});

test("the customer cancels a held order: a later decision gets 409", async () => {
  const placed = await held();
  expect(await shop.cancel(placed)).toBe(202);
  await expectReturned(placed, "customer");
  expect(await problem(await decide(placed, "release"))).toMatchObject({ status: 409, code: "order_not_held" });
  await shop.clock.advance(2 * HOUR);
  const emails = (await shop.emails(manager?.email ?? "")).filter(({ text }) => text.includes(placed.id));
  expect(emails.map(({ subject }) => subject).join()).not.toContain("unless you release it");
});

test("the run is lost during the hold: the order waits until a manager releases it, and is confirmed", async () => {
  const placed = await held();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.clock.advance(HOUR);
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect((await decide(placed, "release")).status).toBe(200);
  expect(await shop.finish(placed, 10 * MINUTE)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(CONFIRMED);
});

test("the run is lost and nobody decides: the reconciler cancels it", async () => {
  const placed = await held();
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.clock.advance(2 * HOUR + 12 * MINUTE);
  await expectReturned(placed, "review_expired");
});

test("the customer authenticates first; the order is held once it is paid", async () => {
  const placed = await place({ paymentMethod: "pm_card_authenticationRequired" });
  await shop.settle();
  await shop.authenticate(placed);
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect((await types(placed)).at(-1)).toBe("order_held");
  expect((await decide(placed, "release")).status).toBe(200);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
});

test("declined, then paid with another card: that attempt is held", async () => {
  const placed = await place({ paymentMethod: "pm_card_visa_chargeDeclined" });
  expect(await shop.finish(placed)).toMatchObject({ status: "failed" });
  expect(await problem(await decide(placed, "release"))).toMatchObject({ status: 409, code: "order_not_held" });
  expect(await shop.pay(placed)).toBe(202);
  await shop.settle();
  expect((await types(placed)).at(-1)).toBe("order_held");
  expect((await decide(placed, "reject")).status).toBe(200);
  await shop.finish(placed);
  expect(await shop.money(placed.id)).toMatchObject({ collected: 0, refunds: 1 });
});

test("refunded in Stripe's dashboard during the hold: it can only be rejected, and only the rest is refunded", async () => {
  const placed = await held();
  const [intent] = await shop.intents(placed.id);
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "", amount: "40000" });
  await shop.settle();
  expect(await problem(await decide(placed, "release"))).toMatchObject({ status: 409, code: "order_refunded" });
  expect((await decide(placed, "reject")).status).toBe(200);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled" });
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 2, open: 0 });
});

test("a payment request for a held order: it stays held", async () => {
  const placed = await held();
  const data = { purpose: "order", id: placed.id, amount: PRICE, currency: "EUR" };
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify([{ name: "payment/process", data }]) });
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "pending" });
  expect((await decide(placed, "release")).status).toBe(200);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.money(placed.id)).toEqual(CONFIRMED);
});

test("refused requests: 401, 403, 404, 409, 422", async () => {
  const placed = await held();
  const path = `/api/admin/orders/${placed.id}/review`;
  expect(await problem(await shop.post(path, { decision: "release" }))).toMatchObject({ status: 401 });
  expect(await problem(await decide(placed, "release", customer))).toMatchObject({ status: 403 });
  expect(await problem(await decide({ id: "ord_none" }, "release"))).toMatchObject({ status: 404 });
  expect(await problem(await decide(placed, "maybe"))).toMatchObject({ status: 422, fields: ["decision"] });
  const small = await shop.checkout(await shop.product(1, PRICE - 1));
  expect(await problem(await decide(small, "release"))).toMatchObject({
    status: 409,
    code: "order_not_held",
    fields: ["id"],
  });
  expect(await shop.finish(small)).toMatchObject({ status: "confirmed" });
  expect((await decide(placed, "release")).status).toBe(200);
  await shop.finish(placed);
});
