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
