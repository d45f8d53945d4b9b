import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, openShop } from "./shop";

/** A customer is charged only the total that they were shown. */
const shop = openShop({ env: { GIFT_PERCENT: "0" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const EUR = (amount: number) => ({ amount, currency: "EUR" });

interface Changed {
  code: string;
  total: { amount: number; currency: string };
  items: { productId: string; quantity: number; unitPrice: { amount: number } }[];
  errors?: { path: string }[];
}

async function send(items: [string, number][], more: Record<string, unknown> = {}) {
  const response = await shop.post("/api/checkout", {
    items: items.map(([productId, quantity]) => ({ productId, quantity })),
    email: "reader@customers.example",
    paymentMethod: "pm_card_visa",
    ...more,
  });
  return { status: response.status, body: (await response.json()) as Changed };
}

const orders = async () => (await shop.sql<{ n: number }>("SELECT count(*)::int AS n FROM orders"))[0]?.n;

test("a raised price is 409 with the new items and total, and nothing is ordered; the new total is charged", async () => {
  const product = await shop.product(5);
  await manager.patch(`/api/admin/products/${product}`, { price: EUR(9_900) });
  const before = await orders();
  const { status, body } = await send([[product, 2]], { expectedTotal: EUR(5_000) });
  expect([status, body.code, body.total]).toEqual([409, "total_changed", EUR(19_800)]);
  expect(body.items).toMatchObject([{ productId: product, quantity: 2, unitPrice: EUR(9_900), total: EUR(19_800) }]);
  expect(await orders()).toBe(before);
  expect((await send([[product, 2]], { expectedTotal: EUR(19_800) })).status).toBe(201);
  await shop.settle();
});

test("a lowered price is a difference too, and so is another currency", async () => {
  const product = await shop.product(5);
  expect(await send([[product, 1]], { expectedTotal: EUR(2_501) })).toMatchObject({ status: 409 });
  const dollars = { amount: 2_500, currency: "USD" };
  expect((await send([[product, 1]], { expectedTotal: dollars })).body).toMatchObject({
    code: "total_changed",
    total: EUR(2_500),
  });
});

test("a withdrawn product is a difference: the answer has the rest, and names what is gone", async () => {
  const [stays, goes] = [await shop.product(5), await shop.product(5)];
  await manager.patch(`/api/admin/products/${goes}`, { active: false });
  const { status, body } = await send(
    [
      [goes, 1],
      [stays, 2],
    ],
    { expectedTotal: EUR(7_500) },
  );
  expect([status, body.code, body.total]).toEqual([409, "total_changed", EUR(5_000)]);
  expect(body.items.map(({ productId }) => productId)).toEqual([stays]);
  expect(body.errors).toMatchObject([{ path: "items.0.productId" }]);
  // Even if the rest costs what was expected.
  expect(
    (
      await send(
        [
          [goes, 1],
          [stays, 2],
        ],
        { expectedTotal: EUR(5_000) },
      )
    ).status,
  ).toBe(409);
  expect((await send([[goes, 1]], { expectedTotal: EUR(2_500) })).status).toBe(422);
});

test("with a coupon, the expected total is the discounted one", async () => {
  const terms = { kind: "percent", percent: 10 };
  const coupon = await manager.read<{ code: string }>(manager.post("/api/admin/coupons", terms), 201);
  const product = await shop.product(5);
  const refused = await send([[product, 1]], { expectedTotal: EUR(2_500), couponCode: coupon.code });
  expect(refused.body).toMatchObject({
    code: "total_changed",
    total: EUR(2_250),
    discount: { code: coupon.code, amount: EUR(250) },
  });
  expect((await send([[product, 1]], { expectedTotal: EUR(2_250), couponCode: coupon.code })).status).toBe(201);
  await shop.settle();
});

test("a malformed expected total is 422 and names the field", async () => {
  const product = await shop.product(1);
  for (const expectedTotal of [
    25,
    { amount: "2500", currency: "EUR" },
    { amount: 2_500 },
    { amount: 1.5, currency: "EUR" },
  ])
    expect((await send([[product, 1]], { expectedTotal })).status).toBe(422);
});
