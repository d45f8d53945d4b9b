import { describe, expect, it } from "vitest";
import { sdkFor, stripeError, stripeForTest } from "./harness";

const valid = { amount: 500, currency: "usd" };

describe("what Stripe would refuse is refused", () => {
  it.each([
    [{ ...valid, colour: "red" }, "parameter_unknown", "colour"],
    [
      { ...valid, automatic_payment_methods: { enabled: true, planet: "x" } },
      "parameter_unknown",
      "automatic_payment_methods[planet]",
    ],
    [{ currency: "usd" }, "parameter_missing", "amount"],
    [{ amount: 500 }, "parameter_missing", "currency"],
    [{ ...valid, amount: "12.5" }, "parameter_invalid_integer", "amount"],
    [{ ...valid, amount: -1 }, "parameter_invalid_integer", "amount"],
    [{ ...valid, amount: 49 }, "amount_too_small", "amount"],
    [{ amount: 29, currency: "gbp" }, "amount_too_small", "amount"],
    [{ ...valid, amount: 100_000_000 }, "amount_too_large", "amount"],
    [{ ...valid, currency: "zzz" }, undefined, "currency"],
    [{ ...valid, confirm: "maybe" }, undefined, "confirm"],
    [
      { ...valid, automatic_payment_methods: { enabled: true, allow_redirects: "later" } },
      undefined,
      "automatic_payment_methods[allow_redirects]",
    ],
    [{ ...valid, capture_method: "manual" }, "fake_server_unsupported", "capture_method"],
    [{ ...valid, setup_future_usage: "later" }, undefined, "setup_future_usage"],
    [{ ...valid, payment_method: "" }, "parameter_invalid_empty", "payment_method"],
    [{ ...valid, customer: "cus_nobody" }, "resource_missing", "customer"],
    [{ ...valid, payment_method: "pm_nobody" }, "resource_missing", "payment_method"],
    [{ ...valid, metadata: { ["k".repeat(41)]: "v" } }, undefined, "metadata"],
    [{ ...valid, metadata: { k: "v".repeat(501) } }, undefined, "metadata"],
    [{ ...valid, return_url: "https://shop.example" }, undefined, "return_url"],
    [{ ...valid, payment_method_types: ["card"] }, "parameter_unknown", "payment_method_types"],
    [
      { ...valid, allowed_payment_method_types: ["card"], automatic_payment_methods: { enabled: true } },
      "parameters_exclusive",
      "allowed_payment_method_types",
    ],
    [{ ...valid, transfer_group: "g" }, "fake_server_unsupported", "transfer_group"],
  ])("%j: %s (%s)", async (params, code, param) => {
    const { stripe } = await stripeForTest();
    const error = await stripeError(stripe.rawRequest("POST", "/v1/payment_intents", params));
    expect(error).toMatchObject({ type: "StripeInvalidRequestError", statusCode: 400, code, param });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it("asks for a return address where a redirect is possible, and only there", async () => {
    const { stripe } = await stripeForTest();
    const confirm = { ...valid, payment_method: "pm_card_visa", confirm: true };
    const error = await stripeError(stripe.paymentIntents.create(confirm));
    expect(error.message).toContain("A `return_url` must be specified");
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    const never = { enabled: true, allow_redirects: "never" } as const;
    for (const choice of [{ automatic_payment_methods: never }, { allowed_payment_method_types: ["card" as const] }]) {
      expect((await stripe.paymentIntents.create({ ...confirm, ...choice })).status).toBe("succeeded");
    }
  });

  it("uses a customer's payment method only for that customer", async () => {
    const { stripe } = await stripeForTest();
    const [ada, bob] = [await stripe.customers.create({}), await stripe.customers.create({})];
    const { id } = await stripe.paymentMethods.attach("pm_card_visa", { customer: ada.id });
    const none = await stripeError(stripe.paymentIntents.create({ ...valid, payment_method: id }));
    expect(none.message).toContain("you must provide the customer");
    const other = await stripeError(stripe.paymentIntents.create({ ...valid, payment_method: id, customer: bob.id }));
    expect(other).toMatchObject({ code: "resource_missing", param: "payment_method" });
  });

  it("answers 404 for what is not there, 401 for the wrong key", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    for (const call of [
      stripe.paymentIntents.retrieve("pi_x"),
      stripe.refunds.retrieve("re_x"),
      stripe.charges.retrieve("ch_x"),
      stripe.customers.retrieve("cus_x"),
      stripe.events.retrieve("evt_x"),
    ]) {
      expect(await stripeError(call)).toMatchObject({ statusCode: 404, code: "resource_missing" });
    }
    expect(await stripeError(stripe.balance.retrieve())).toMatchObject({ statusCode: 404 });
    const wrong = await stripeError(sdkFor(fakeStripe, "sk_test_wrong").customers.list());
    expect(wrong).toMatchObject({ type: "StripeAuthenticationError", statusCode: 401 });
    expect(wrong.message).not.toContain("sk_test_wrong");
  });
});
