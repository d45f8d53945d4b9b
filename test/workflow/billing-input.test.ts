import { afterEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, newSubscriber } from "./billing-shop";
import { audit, openShop } from "./shop";

const shop = openShop({ only: BILLING_FUNCTIONS });
afterEach(audit);

const PATH = "/api/account/subscription";

test("anybody can list the plans with their price for a period", async () => {
  const { items } = (await (await fetch(`${shop.app}/api/plans`)).json()) as { items: unknown[] };
  expect(items[0]).toEqual({
    id: "plan_plus",
    name: "Steadfast Plus",
    description: expect.any(String),
    price: { amount: 900, currency: "EUR" },
    interval: "month",
  });
});

test.each([
  ["no plan", { paymentMethod: "pm_card_visa" }, "planId"],
  ["an unknown plan", { planId: "plan_none", paymentMethod: "pm_card_visa" }, "planId"],
  ["a malformed plan id", { planId: "1; DROP", paymentMethod: "pm_card_visa" }, "planId"],
  ["no card", { planId: "plan_plus" }, "paymentMethod"],
  ["a card number", { planId: "plan_plus", paymentMethod: "4242424242424242" }, "paymentMethod"],
  ["a price of the client", { planId: "plan_plus", paymentMethod: "pm_card_visa", amount: 1 }, "amount"],
])("%s: refused with the name of the field, and nothing is stored", async (_what, body, path) => {
  const user = await newSubscriber(shop);
  const response = await user.post(PATH, body);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ errors: [{ path }] });
  expect(await user.read(user.get(PATH))).toEqual({ subscription: null });
});

test("a subscription requires sign-in, and changing or cancelling a missing one is refused", async () => {
  expect((await fetch(`${shop.app}${PATH}`)).status).toBe(401);
  expect((await shop.post(PATH, { planId: "plan_plus", paymentMethod: "pm_card_visa" })).status).toBe(401);
  const user = await newSubscriber(shop);
  expect(await user.card("pm_card_visa")).toBe(404);
  expect(await user.card("card")).toBe(422);
  expect(await user.cancel()).toBe(404);
});

test("five concurrent requests to subscribe: one subscription, one charge, and 409 for the others", async () => {
  const user = await newSubscriber(shop);
  const answers = await Promise.all(Array.from({ length: 5 }, () => user.subscribe()));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  expect((await user.subscribe("pm_card_visa", "plan_studio")).status).toBe(409);
  await shop.settle();
  expect(await user.money()).toEqual({ collected: 900, succeeded: 1, open: 0 });
});

test("a payment link that is malformed, or for another purpose, is refused", async () => {
  const { signLink } = await import("@/lib/signed-links");
  for (const token of ["nothing", signLink("unsubscribe", { chargeId: "sch_1" })]) {
    const response = await fetch(`${shop.app}/billing/${token}`, { method: "POST" });
    expect(response.status).toBe(400);
  }
  const gone = signLink("subscription-payment", { chargeId: "sch_gone" });
  expect((await fetch(`${shop.app}/billing/${gone}`, { method: "POST" })).status).toBe(404);
});
