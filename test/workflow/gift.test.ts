import { afterEach, expect, test } from "vitest";
import { problem } from "./problem";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** The coupon for a first order, and what else happens to orders that are out of the ordinary: high value, without a hold. */
const shop = openShop({ env: { REVIEW_FROM: "EUR:50000" } });
afterEach(audit);

const gifts = async (email: string) =>
  (await shop.emails(email)).filter(({ subject }) => /off your next order/.test(subject));
const codeIn = (text: string | undefined) => /GIFT-\w{4}-\w{4}-\w{4}/.exec(text ?? "")?.[0] ?? expect.fail("no code");

test("the first order that is confirmed earns a coupon by email, which its customer can use, and the second earns none", async () => {
  const placed = await shop.checkout(await shop.product(1), { name: "Nora" });
  await shop.clock.advance(MINUTE);
  const [email, ...more] = await gifts(placed.email);
  expect(more).toEqual([]);
  expect(email?.text).toContain("/api/unsubscribe");
  const couponCode = codeIn(email?.text);
  const thief = { items: [{ productId: await shop.product(1), quantity: 1 }], email: "thief@customers.example" };
  expect(
    await problem(await shop.post("/api/checkout", { ...thief, paymentMethod: "pm_card_visa", couponCode })),
  ).toMatchObject({ status: 422, fields: ["couponCode"] });
  const second = await shop.checkout(await shop.product(1), { email: placed.email, couponCode });
  expect(await shop.finish(second)).toMatchObject({ status: "confirmed", total: { amount: 2250 } });
  expect(await gifts(placed.email)).toHaveLength(1);
});

test("five first orders at once, one address: exactly one gift", async () => {
  const product = await shop.product(5);
  const email = "eager@customers.example";
  const orders = await Promise.all(Array.from({ length: 5 }, () => shop.checkout(product, { email })));
  for (const placed of orders) expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await gifts(email)).toHaveLength(1);
  expect(await shop.sql("SELECT code FROM coupons WHERE email = $1", [email])).toHaveLength(1);
});

test("a first order that is cancelled at once earns no gift; the next one does", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(5 * SECOND);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.finish(placed);
  expect(await gifts(placed.email)).toEqual([]);
  const next = await shop.checkout(await shop.product(1), { email: placed.email });
  await shop.finish(next);
  expect(await gifts(placed.email)).toHaveLength(1);
});

test("a gift cannot be used after its order was cancelled", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  const couponCode = codeIn((await gifts(placed.email))[0]?.text);
  expect(await shop.cancel(placed)).toBe(202);
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const body = { items, email: placed.email, paymentMethod: "pm_card_visa", couponCode };
  expect(await problem(await shop.post("/api/checkout", body))).toMatchObject({ status: 422, fields: ["couponCode"] });
  await shop.finish(placed);
});

test("a known customer gets no gift", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  await shop.sql("DELETE FROM coupons WHERE email = $1", [placed.email]);
  await shop.sql("UPDATE orders SET created_at = created_at - interval '1 year' WHERE id = $1", [placed.id]);
  const next = await shop.checkout(await shop.product(1), { email: placed.email });
  await shop.finish(next);
  expect(await gifts(placed.email)).toHaveLength(1);
});

test("a high-value order without a hold: managers are notified, and it is confirmed", async () => {
  const placed = await shop.checkout(await shop.product(1, 50_000));
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  const notifications = (await shop.emails("manager@steadfast.example")).filter(({ text }) => text.includes(placed.id));
  expect(notifications).toHaveLength(1);
});

test("events about unknown orders end without a retry, with a reason", async () => {
  const events = [
    { name: "order/created", data: { orderId: "ord_gone", attempt: 1, review: true }, id: "gone-1" },
    {
      name: "order/confirmed",
      data: { orderId: "ord_gone", totalAmount: 1, currency: "EUR", gift: true },
      id: "gone-2",
    },
  ];
  const sent = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.clock.advance(MINUTE);
  const outcome = async (id: string | undefined) => {
    const response = await fetch(`${shop.inngest}/api/v2/events/${id}/runs?includeOutput=true`);
    return ((await response.json()) as { data: { status: string; output: unknown }[] }).data;
  };
  expect(await outcome(ids[0])).toContainEqual(
    expect.objectContaining({
      status: "COMPLETED",
      output: { orderId: "ord_gone", outcome: "no_such_review", emails: 0 },
    }),
  );
  expect(await outcome(ids[1])).toContainEqual(
    expect.objectContaining({ status: "COMPLETED", output: expect.objectContaining({ orders: 1, gifts: 0 }) }),
  );
});
