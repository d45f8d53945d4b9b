import type Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { stripeError, stripeForTest } from "./harness";

const RETURN_URL = "http://shop.example/orders/1?token=t";

async function waiting(payment_method = "pm_card_authenticationRequired") {
  const test = await stripeForTest();
  const { stripe } = test;
  const intent = await stripe.paymentIntents.create({
    amount: 4200,
    currency: "usd",
    payment_method,
    confirm: true,
    return_url: RETURN_URL,
  });
  const url = intent.next_action?.redirect_to_url?.url ?? "";
  const answer = (outcome: string) =>
    fetch(url, { method: "POST", body: new URLSearchParams({ outcome }), redirect: "manual" });
  const read = () => stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge"] });
  return { ...test, intent, url, answer, read };
}

describe("3-D Secure by redirect", () => {
  it.each(["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])(
    "%s waits for the customer",
    async (method) => {
      const { intent, url, read } = await waiting(method);
      expect(intent).toMatchObject({
        status: "requires_action",
        latest_charge: null,
        next_action: { type: "redirect_to_url", redirect_to_url: { return_url: RETURN_URL } },
      });
      const page = await (await fetch(url)).text();
      expect(page.match(/<button name="outcome"/g)).toHaveLength(2);
      expect(page).toContain("$42.00");
      expect((await read()).status).toBe("requires_action");
    },
  );

  it("passed: the payment succeeds and the customer comes back with its state", async () => {
    const { intent, answer, read } = await waiting();
    const back = await answer("succeeded");
    const location = new URL(back.headers.get("location") ?? "");
    expect(back.status).toBe(303);
    expect(location.origin + location.pathname).toBe("http://shop.example/orders/1");
    expect(Object.fromEntries(location.searchParams)).toEqual({
      token: "t",
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: "succeeded",
    });
    expect(await read()).toMatchObject({
      status: "succeeded",
      next_action: null,
      latest_charge: { paid: true, payment_method_details: { card: { three_d_secure: { result: "authenticated" } } } },
    });
  });

  it("failed: no charge, another payment method is asked for", async () => {
    const { answer, read } = await waiting();
    const back = await answer("failed");
    expect(back.headers.get("location")).toContain("redirect_status=failed");
    expect(await read()).toMatchObject({
      status: "requires_payment_method",
      latest_charge: null,
      payment_method: null,
      last_payment_error: { code: "payment_intent_authentication_failure" },
    });
  });

  it("passed and then declined by the bank", async () => {
    const { answer, read } = await waiting("pm_card_threeDSecureRequiredChargeDeclined");
    expect((await answer("succeeded")).headers.get("location")).toContain("redirect_status=failed");
    expect(await read()).toMatchObject({ status: "requires_payment_method", latest_charge: { status: "failed" } });
  });

  it("decides an attempt once, and only that attempt", async () => {
    const { stripe, intent, url, answer } = await waiting();
    expect((await answer("perhaps")).status).toBe(422);
    expect((await fetch(url.replace(/client_secret=[^&]+/, "client_secret=x"))).status).toBe(404);
    const second = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: "pm_card_authenticationRequired",
      return_url: RETURN_URL,
    });
    expect((await answer("succeeded")).status).toBe(409);
    const next = second.next_action?.redirect_to_url?.url ?? "";
    const body = new URLSearchParams({ outcome: "succeeded" });
    expect((await fetch(next, { method: "POST", body, redirect: "manual" })).status).toBe(303);
    expect((await fetch(next, { method: "POST", body, redirect: "manual" })).status).toBe(409);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it("cannot pass once the payment was cancelled", async () => {
    const { stripe, intent, answer, read } = await waiting();
    await stripe.paymentIntents.cancel(intent.id);
    expect((await answer("succeeded")).status).toBe(409);
    expect((await read()).status).toBe("canceled");
  });

  it.each([{ off_session: true }, { error_on_requires_action: true }])("is declined with %j", async (more) => {
    const { stripe } = await stripeForTest();
    const params = { amount: 500, currency: "usd", payment_method: "pm_card_authenticationRequired", confirm: true };
    const error = await stripeError(stripe.paymentIntents.create({ ...params, return_url: RETURN_URL, ...more }));
    expect(error).toMatchObject({ statusCode: 402, code: "authentication_required" });
    expect(error.payment_intent).toMatchObject({ status: "requires_payment_method" });
  });
});

describe("a card that requires authentication unless it is set up", () => {
  const customerWithCard = async (stripe: Stripe) => {
    const { id: customer } = await stripe.customers.create({});
    const card = await stripe.paymentMethods.attach("pm_card_authenticationRequiredOnSetup", { customer });
    const params = { amount: 500, currency: "usd", customer, payment_method: card.id, confirm: true };
    return { ...params, return_url: RETURN_URL };
  };
  const authenticate = (intent: Stripe.PaymentIntent) => {
    const body = new URLSearchParams({ outcome: "succeeded" });
    return fetch(intent.next_action?.redirect_to_url?.url ?? "", { method: "POST", body, redirect: "manual" });
  };

  it.each([
    ["off_session", true],
    ["on_session", false],
    [undefined, false],
  ] as const)("paid on session with setup_future_usage %s: charged off session: %s", async (usage, charged) => {
    const { stripe } = await stripeForTest();
    const params = await customerWithCard(stripe);
    const offSession = () => stripe.paymentIntents.create({ ...params, off_session: true });
    expect(await stripeError(offSession())).toMatchObject({ statusCode: 402, code: "authentication_required" });
    const first = await stripe.paymentIntents.create({ ...params, ...(usage && { setup_future_usage: usage }) });
    expect(first).toMatchObject({ status: "requires_action", setup_future_usage: usage ?? null });
    await authenticate(first);
    if (charged) expect(await offSession()).toMatchObject({ status: "succeeded" });
    else expect(await stripeError(offSession())).toMatchObject({ code: "authentication_required" });
    expect((await stripe.paymentIntents.create(params)).status).toBe("requires_action");
  });

  it("is not set up by a payment that is not authenticated", async () => {
    const { stripe } = await stripeForTest();
    const params = await customerWithCard(stripe);
    await stripe.paymentIntents.create({ ...params, setup_future_usage: "off_session" });
    const error = await stripeError(stripe.paymentIntents.create({ ...params, off_session: true }));
    expect(error).toMatchObject({ code: "authentication_required" });
  });
});

describe("setup_future_usage", () => {
  const card = { amount: 500, currency: "usd", payment_method: "pm_card_visa", return_url: RETURN_URL };
  const refusal = {
    type: "StripeInvalidRequestError",
    statusCode: 400,
    message: expect.stringContaining("when `setup_future_usage` is also set on the PaymentIntent"),
  };

  it("is refused together with off_session, at creation and at confirmation, until it is unset", async () => {
    const { stripe } = await stripeForTest();
    const both = { ...card, confirm: true, off_session: true, setup_future_usage: "off_session" as const };
    expect(await stripeError(stripe.paymentIntents.create(both))).toMatchObject(refusal);
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    const { return_url, ...params } = card;
    const { id } = await stripe.paymentIntents.create({ ...params, setup_future_usage: "off_session" });
    const offSession = { return_url, off_session: true };
    expect(await stripeError(stripe.paymentIntents.confirm(id, offSession))).toMatchObject(refusal);
    const paid = await stripe.paymentIntents.confirm(id, { ...offSession, setup_future_usage: "" });
    expect(paid).toMatchObject({ status: "succeeded", setup_future_usage: null });
  });

  it("attaches the payment method to the customer of the payment", async () => {
    const { stripe } = await stripeForTest();
    const { id: customer } = await stripe.customers.create({});
    const params = { ...card, customer, confirm: true };
    await stripe.paymentIntents.create(params);
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
    const { payment_method } = await stripe.paymentIntents.create({ ...params, setup_future_usage: "on_session" });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toMatchObject([
      { id: payment_method, customer },
    ]);
  });
});
