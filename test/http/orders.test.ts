import { afterAll, describe, expect, test } from "vitest";
import { orderViewSchema } from "@/lib/orders/view-order";
import { answer, audit, cartOf, customer, get, newProduct, place, post, problemOf, stockOf } from "./shop";
import { paid } from "./stripe";

afterAll(() => audit());

const path = ({ id, token }: { id: string; token: string }, more = "") => `/api/orders/${id}${more}?token=${token}`;

describe("an order needs its token", () => {
  test("401 without a token; 404 with a wrong one, as for an order that does not exist", async () => {
    const placed = await place(cartOf(await newProduct(1)));
    const { id, token } = placed;
    expect(await answer(await get(path(placed)), 200, orderViewSchema)).toMatchObject({ id, number: placed.number });
    for (const [method, action] of [
      ["GET", ""],
      ["POST", "/cancel"],
      ["POST", "/pay"],
    ] as const) {
      const body = action === "/pay" ? '{"paymentMethod":"pm_card_visa"}' : undefined;
      const call = (query: string) =>
        method === "GET" ? get(`/api/orders/${query}`) : post(`/api/orders/${query}`, body);
      expect(await problemOf(await call(`${id}${action}`), 401)).toMatchObject({ code: "unauthenticated" });
      for (const query of [
        `${id}${action}?token=wrong`,
        `${id}${action}?token=${token}x`,
        `ord_none${action}?token=${token}`,
        `%00${action}?token=${token}`,
        `${id}${action}?token=%00`,
      ])
        expect(await problemOf(await call(query), 404), query).toMatchObject({ code: "not_found" });
    }
    await customer.reaches(placed, ["confirmed"]);
  });
});

test("a paid order shows its items, prices and a timeline in UTC", async () => {
  const product = await newProduct(3, { price: 999, name: "Lamp" });
  const shippingAddress = { line1: "Way 2", city: "Town", postalCode: "12345", country: "DE" };
  const placed = await place(cartOf(product, { items: [{ productId: product, quantity: 2 }], shippingAddress }));
  await customer.reaches(placed, ["confirmed"]);
  const order = await answer(await get(path(placed)), 200, orderViewSchema);
  expect(order.shippingAddress).toEqual(shippingAddress);
  expect(order.items).toMatchObject([{ productId: product, name: "Lamp", quantity: 2, total: { amount: 1_998 } }]);
  expect(order.timeline.map(({ type }) => type)).toEqual([
    "order_placed",
    "stock_reserved",
    "payment_succeeded",
    "order_confirmed",
  ]);
  expect(order.timeline.map(({ at }) => at)).toEqual(order.timeline.map(({ at }) => at).sort());
  expect(await paid(placed.id)).toEqual({ times: 1, collected: 1_998 });
});

test("every cancellation gets 202; payment and stock are returned once, and the customer is notified", async () => {
  const product = await newProduct(3);
  const cart = cartOf(product);
  const placed = await place(cart);
  await customer.reaches(placed, ["confirmed"]);
  const calls = await Promise.all([1, 2, 3].map(() => post(path(placed, "/cancel"))));
  for (const call of calls)
    expect(await answer(call, 202, orderViewSchema)).toMatchObject({ status: "cancelled", cancellable: false });
  expect(await answer(await post(path(placed, "/cancel")), 202, orderViewSchema)).toMatchObject({
    status: "cancelled",
  });
  await customer.receivedEmail(cart.email, /is cancelled/);
  await customer.receivedEmail(cart.email, /back to you/);
  expect((await customer.order(placed)).refunds).toMatchObject([{ amount: { amount: 2_500 }, status: "succeeded" }]);
  expect(await paid(placed.id)).toEqual({ times: 1, collected: 0 });
  expect(await stockOf(product)).toEqual({ available: 3, reserved: 0, sold: 0 });
});

test("a declined order is paid with another card; an order that has not failed cannot be paid again", async () => {
  const product = await newProduct(1);
  const placed = await place(cartOf(product, { paymentMethod: "pm_card_visa_chargeDeclined" }));
  const failed = await customer.reaches(placed, ["failed"]);
  expect(failed).toMatchObject({ nextAction: { type: "pay_again" }, failureReason: "payment_declined" });
  expect(await stockOf(product)).toEqual({ available: 1, reserved: 0, sold: 0 });
  const wrong = await problemOf(await post(path(placed, "/pay"), { paymentMethod: "4242" }), 422);
  expect(wrong.errors?.[0]?.path).toBe("paymentMethod");
  const pay = () => post(path(placed, "/pay"), { paymentMethod: "pm_card_visa" });
  const statuses = (await Promise.all([pay(), pay()])).map(({ status }) => status).sort();
  expect(statuses).toEqual([202, 409]);
  await customer.reaches(placed, ["confirmed"]);
  expect(await problemOf(await pay(), 409)).toMatchObject({ code: "order_not_payable" });
  expect(await paid(placed.id)).toEqual({ times: 1, collected: 2_500 });
});

test.each([
  ["succeeded", "confirmed", 1],
  ["failed", "failed", 0],
] as const)("3-D Secure on the bank's page %s: the order is %s", async (outcome, status, times) => {
  const product = await newProduct(1);
  const placed = await place(cartOf(product, { paymentMethod: "pm_card_authenticationRequired" }));
  const { nextAction } = await customer.reaches(placed, ["awaiting_payment"]);
  const page = await fetch(nextAction?.url ?? "");
  expect(await page.text()).toContain("€25.00");
  const decided = await fetch(page.url, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ outcome }),
  });
  expect(decided.status).toBe(303);
  expect(decided.headers.get("location")).toContain(`/orders/${placed.id}?token=${placed.token}`);
  await customer.reaches(placed, [status]);
  expect(await paid(placed.id)).toMatchObject({ times });
  expect(await stockOf(product)).toEqual({ available: 1 - times, reserved: 0, sold: times });
});

test("SQL and HTML in every field are stored unchanged, and escaped in the email", async () => {
  const evil = `<script>alert(1)</script>'; DROP TABLE orders; --"&{{7*7}}`;
  const product = await newProduct(1, { name: evil });
  const cart = cartOf(product, {
    name: evil,
    phone: "<b>0'1</b>",
    shippingAddress: { name: evil, line1: evil, line2: evil, city: evil, postalCode: "<i>1'</i>", country: "HK" },
    paymentMethod: "pm_card_visa_chargeDeclined",
  });
  const placed = await place(cart);
  await customer.reaches(placed, ["failed"]);
  expect((await customer.order(placed)).items[0]?.name).toBe(evil);
  const { html, text, subject } = await customer.receivedEmail(cart.email, /could not be completed/);
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(text).toContain("<script>alert(1)</script>");
  expect(subject).not.toContain("script");
});
