import { afterEach, beforeAll, expect, test } from "vitest";
import { statementsOf } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, openShop, type Placed } from "./shop";

const shop = openShop({ env: { GIFT_PERCENT: "0", CLIENT_FAILURES_PER_HOUR: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

interface Coupon {
  code: string;
  orderId?: string;
}

const EUR = (amount: number) => ({ amount, currency: "EUR" });
const tenPercent = { kind: "percent", percent: 10 };

async function coupon(terms: Record<string, unknown> = tenPercent): Promise<string> {
  const made = await manager.read<Coupon>(manager.post("/api/admin/coupons", terms), 201);
  return made.code;
}

const holder = async (code: string) => {
  const { items } = await manager.read<{ items: Coupon[] }>(manager.get("/api/admin/coupons?limit=100"));
  return items.find((item) => item.code === code)?.orderId;
};

const tryCheckout = (productId: string, couponCode: string, more = {}) =>
  shop.post("/api/checkout", {
    items: [{ productId, quantity: 1 }],
    email: "saver@customers.example",
    paymentMethod: "pm_card_visa",
    couponCode,
    ...more,
  });

test("a price with a coupon reserves nothing, and a guessed code counts as a failure of the client", async () => {
  const { quoteCoupon } = await import("@/lib/checkout/quote-coupon");
  const [couponCode, productId] = [await coupon(), await shop.product(1, 2599)];
  const items = [{ productId, quantity: 1 }];
  const client = { key: "a client", solved: false };
  expect(await quoteCoupon({ items, couponCode }, client)).toMatchObject({
    total: EUR(2340),
    discount: { code: couponCode, amount: EUR(259) },
  });
  expect(await quoteCoupon({ items }, client)).toMatchObject({ total: EUR(2599) });
  expect(await holder(couponCode)).toBeUndefined();
  const codes = [];
  for (let i = 0; i < 7; i++)
    codes.push(await quoteCoupon({ items, couponCode: `GUESS${i}` }, client).catch((error) => error.code));
  expect([codes[0], codes.at(-1)]).toEqual(["validation_failed", "too_many_failures"]);
});

test("ten percent off: charge, order page, email and refund have the lower price, and the coupon is used", async () => {
  const code = await coupon();
  const placed = await shop.checkout(await shop.product(1, 2599), { couponCode: ` ${code.toLowerCase()} ` });
  const order = await shop.finish(placed);
  expect(order).toMatchObject({ status: "confirmed", total: EUR(2340), discount: { code, amount: EUR(259) } });
  expect(await shop.money(placed.id)).toMatchObject({ collected: 2340, succeeded: 1 });
  const [email] = await shop.emails(placed.email);
  expect(email?.text).toMatch(/€25\.99[\s\S]*−€2\.59[\s\S]*€23\.40/);
  expect(await problem(await tryCheckout(await shop.product(1), code))).toEqual({
    status: 409,
    code: "coupon_used",
    fields: ["couponCode"],
  });
  const refund = manager.post(`/api/admin/orders/${placed.id}/refund`, { reason: "x" }, { "idempotency-key": code });
  expect(await manager.read(refund, 201)).toMatchObject({ amount: EUR(2340) });
  expect(await shop.finish(placed)).toMatchObject({ status: "refunded" });
  // It was used: the money came back, not the coupon.
  expect(await holder(code)).toBe(placed.id);
});

test("a fixed amount off", async () => {
  const code = await coupon({ kind: "fixed", amount: EUR(500), minimum: EUR(2500) });
  const placed = await shop.checkout(await shop.product(1), { couponCode: code });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", total: EUR(2000) });
});

test("ten checkouts at once with one coupon: one gets it, nine are refused, naming it", async () => {
  const code = await coupon();
  const product = await shop.product(10);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => tryCheckout(product, code, { email: `racer${i}@customers.example` })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  for (const answer of answers.filter(({ status }) => status === 409))
    expect(await problem(answer)).toMatchObject({ code: "coupon_used", fields: ["couponCode"] });
  await shop.settle();
  expect(await shop.stock(product)).toMatchObject({ sold: 1 });
});

test.each([
  ["that does not exist", undefined, "NO-SUCH-COUPON"],
  ["for another address", { ...tenPercent, email: "somebody@else.example" }, undefined],
  ["for larger orders", { ...tenPercent, minimum: EUR(2501) }, undefined],
  ["in another currency", { kind: "fixed", amount: { amount: 100, currency: "USD" } }, undefined],
  ["that leaves less than Stripe charges", { kind: "fixed", amount: EUR(2451) }, undefined],
])("a coupon %s is refused at checkout, naming it, and nothing is written", async (_what, terms, given) => {
  const code = given ?? (await coupon(terms));
  const product = await shop.product(1);
  expect(await problem(await tryCheckout(product, code))).toEqual({
    status: 422,
    code: "validation_failed",
    fields: ["couponCode"],
  });
  expect(await shop.stock(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
});

test("a coupon is valid until it expires, and only for its address", async () => {
  const until = new Date(shop.clock.now() + 24 * HOUR).toISOString();
  const code = await coupon({ ...tenPercent, email: "Saver@customers.example", expiresAt: until });
  const late = await coupon({ ...tenPercent, expiresAt: until });
  expect((await tryCheckout(await shop.product(1), code)).status).toBe(201);
  await shop.sql("UPDATE coupons SET expires_at = $1 WHERE code = $2", [new Date(shop.clock.now()), late]);
  expect(await problem(await tryCheckout(await shop.product(1), late))).toMatchObject({ fields: ["couponCode"] });
  await shop.settle();
});

test("a cancelled order frees its coupon for another order", async () => {
  const code = await coupon();
  const placed = await shop.checkout(await shop.product(1), { couponCode: code });
  await shop.finish(placed);
  expect(await holder(code)).toBe(placed.id);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await holder(code)).toBeUndefined();
  const next = await shop.checkout(await shop.product(1), { couponCode: code });
  expect(await shop.finish(next)).toMatchObject({ status: "confirmed", total: EUR(2250) });
  await shop.finish(placed);
});

async function declined(code: string): Promise<Placed> {
  const paymentMethod = "pm_card_visa_chargeDeclined";
  const placed = await shop.checkout(await shop.product(1), { couponCode: code, paymentMethod });
  expect(await shop.finish(placed)).toMatchObject({ status: "failed" });
  expect(await holder(code)).toBeUndefined();
  return placed;
}

test("a failed payment frees the coupon, and paying again redeems it again", async () => {
  const code = await coupon();
  const placed = await declined(code);
  expect(await shop.pay(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed", total: EUR(2250) });
  expect(await holder(code)).toBe(placed.id);
});

test("if another order has used the coupon meanwhile, the failed order cannot be paid at the old price", async () => {
  const code = await coupon();
  const placed = await declined(code);
  const other = await shop.checkout(await shop.product(1), { couponCode: code });
  const answer = await shop.post(`/api/orders/${placed.id}/pay?token=${placed.token}`, {
    paymentMethod: "pm_card_visa",
  });
  expect(await problem(answer)).toEqual({ status: 409, code: "coupon_used", fields: ["couponCode"] });
  expect(await shop.finish(other)).toMatchObject({ status: "confirmed" });
  expect(await shop.order(placed)).toMatchObject({ status: "failed" });
});

test("P16: a checkout with a coupon and a key takes at most ten statements", async () => {
  const couponCode = await coupon();
  const productId = await shop.product(1);
  const body = {
    items: [{ productId, quantity: 1 }],
    email: "thrifty@customers.example",
    paymentMethod: "pm_card_visa",
  };
  const statements = await statementsOf(async (cut) => {
    const stop = cut();
    await manager.post("/api/checkout", { ...body, couponCode }, { "idempotency-key": "thrifty", cookie: "" });
    stop();
  });
  expect(statements.length).toBeGreaterThan(5);
  expect(statements.length).toBeLessThanOrEqual(10);
  await shop.settle();
});

test("the same checkout twice, with its key, uses the coupon once and gets the same answer", async () => {
  const code = await coupon();
  const productId = await shop.product(2);
  const send = () =>
    fetch(`${shop.app}/api/checkout`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": code },
      body: JSON.stringify({
        items: [{ productId, quantity: 1 }],
        email: "twice@customers.example",
        paymentMethod: "pm_card_visa",
        couponCode: code,
      }),
    });
  const answers = await Promise.all([send(), send()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
  const [first, second] = await Promise.all(answers.map((answer) => answer.json()));
  expect(first).toEqual(second);
  expect(first).toMatchObject({ order: { total: EUR(2250), discount: { code, amount: EUR(250) } } });
  await shop.settle();
});
