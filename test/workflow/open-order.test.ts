import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop, type Placed } from "./shop";

/** A customer whose own payment is still open (3-D Secure) is not stuck in it. */
const shop = openShop({ env: { GIFT_PERCENT: "0" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const OPEN = { paymentMethod: "pm_card_authenticationRequired" };

const coupon = async () =>
  (await manager.read<{ code: string }>(manager.post("/api/admin/coupons", { kind: "percent", percent: 10 }), 201))
    .code;

async function waiting(product: string, more = {}): Promise<Placed> {
  const placed = await shop.checkout(product, { ...OPEN, ...more });
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "awaiting_payment" });
  return placed;
}

interface Refusal {
  code: string;
  detail: string;
  order?: { id: string; number: string; statusUrl: string };
}

const tryCheckout = async (body: Record<string, unknown>) => {
  const response = await shop.post("/api/checkout", { paymentMethod: "pm_card_visa", ...body });
  return { status: response.status, body: (await response.json()) as Refusal };
};

test("the same cart again, sold out and with the coupon, replaces the open order", async () => {
  const [product, couponCode] = [await shop.product(1), await coupon()];
  const first = await waiting(product, { couponCode });
  const second = await shop.checkout(product, { couponCode, email: first.email });
  expect(await shop.finish(second)).toMatchObject({ status: "confirmed", total: { amount: 2_250 } });
  expect(await shop.finish(first)).toMatchObject({ status: "cancelled", failureReason: "replaced" });
  expect(await shop.money(first.id)).toMatchObject({ collected: 0, open: 0 });
  expect(await shop.stock(product)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("it replaces the open order also if there is enough for both", async () => {
  const product = await shop.product(5);
  const first = await waiting(product);
  const second = await shop.checkout(product, { email: first.email });
  expect(await shop.finish(second)).toMatchObject({ status: "confirmed" });
  expect(await shop.order(first)).toMatchObject({ status: "cancelled" });
  expect(await shop.stock(product)).toMatchObject({ available: 4, sold: 1 });
});

test("another cart is refused: the answer names the open order and links to it", async () => {
  const [product, couponCode] = [await shop.product(2), await coupon()];
  const first = await waiting(product, { couponCode });
  const items = [{ productId: product, quantity: 2 }];
  const sold = await tryCheckout({ items, email: first.email });
  expect(sold).toMatchObject({ status: 409, body: { code: "insufficient_stock", order: { id: first.id } } });
  expect(sold.body.detail).toContain(sold.body.order?.number);
  expect(sold.body.order?.statusUrl).toContain(`/orders/${first.id}`);
  // An email address is not a secret: the token is not given away.
  expect(sold.body.order?.statusUrl).not.toContain(first.token);
  const other = [{ productId: await shop.product(1), quantity: 1 }];
  const used = await tryCheckout({ items: other, email: first.email, couponCode });
  expect(used).toMatchObject({ status: 409, body: { code: "coupon_used", order: { id: first.id } } });
  await shop.cancel(first);
  await shop.finish(first);
});

test("a signed-in customer gets a link with the token; a stranger learns and replaces nothing", async () => {
  const customer = await signedIn(shop, "customer");
  const product = await shop.product(1);
  const items = [{ productId: product, quantity: 1 }];
  const order = { items, email: customer.email, ...OPEN };
  const { order: first } = await customer.read<{ order: Placed }>(customer.post("/api/checkout", order), 201);
  await shop.settle();
  // The same email and cart, without the account.
  const stranger = await tryCheckout({ items, email: customer.email });
  expect([stranger.status, stranger.body.order]).toEqual([409, undefined]);
  const two = [{ productId: product, quantity: 2 }];
  const own = await customer.post("/api/checkout", { ...order, items: two });
  expect(own.status).toBe(409);
  const { order: named } = (await own.json()) as Refusal;
  expect(named?.statusUrl).toContain(`${first.id}?token=${first.token}`);
  expect((await customer.post("/api/checkout", { ...order, paymentMethod: "pm_card_visa" })).status).toBe(201);
  await shop.settle();
});

const reminders = async ({ email }: Placed) =>
  (await shop.emails(email)).filter(({ subject }) => /waits for your payment/.test(subject));

test("an email leads back after ten minutes, once", async () => {
  const placed = await waiting(await shop.product(1));
  await shop.clock.advance(9 * MINUTE);
  expect(await reminders(placed)).toEqual([]);
  await shop.clock.advance(3 * MINUTE);
  const [email] = await reminders(placed);
  expect(email?.text).toContain(`/orders/${placed.id}?token=${placed.token}`);
  await shop.clock.advance(10 * MINUTE);
  expect(await reminders(placed)).toHaveLength(1);
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await reminders(placed)).toHaveLength(1);
});

test("a customer who has paid gets no reminder, also if the webhook is lost", async () => {
  const placed = await waiting(await shop.product(1));
  await shop.clock.advance(6 * MINUTE);
  await shop.webhooks("drop");
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await reminders(placed)).toEqual([]);
  await shop.clearFaults();
});

test("paid while the email provider is down: the reminder that waits is not sent", async () => {
  const placed = await waiting(await shop.product(1));
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 20 * MINUTE });
  await shop.clock.advance(12 * MINUTE);
  await shop.authenticate(placed);
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  await shop.clock.advance(30 * MINUTE);
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  expect(await reminders(placed)).toEqual([]);
  await shop.clearFaults();
});
