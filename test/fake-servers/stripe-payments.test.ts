import { describe, expect, it } from "vitest";
import { stripeError, stripeForTest } from "./harness";

const RETURN_URL = "http://shop.example/back?order=1";
const payment = (payment_method: string) => ({
  amount: 4200,
  currency: "usd",
  payment_method,
  confirm: true,
  return_url: RETURN_URL,
});

describe("a payment", () => {
  it("is created, confirmed and retrieved", async () => {
    const { stripe } = await stripeForTest();
    const customer = await stripe.customers.create({ email: "ada@example.com", metadata: { user: "1" } });
    const created = await stripe.paymentIntents.create({
      amount: 4200,
      currency: "usd",
      customer: customer.id,
      payment_method: "pm_card_visa",
      metadata: { order_id: "o1" },
    });
    expect(created.status).toBe("requires_confirmation");
    const confirmed = await stripe.paymentIntents.confirm(created.id, { return_url: RETURN_URL });
    expect(confirmed).toMatchObject({ status: "succeeded", amount_received: 4200, metadata: { order_id: "o1" } });
    const read = await stripe.paymentIntents.retrieve(created.id, { expand: ["latest_charge", "customer"] });
    expect(read).toMatchObject({
      latest_charge: { paid: true, amount: 4200, payment_method_details: { card: { brand: "visa", last4: "4242" } } },
      customer: { email: "ada@example.com" },
    });
    expect(read.lastResponse.requestId).toMatch(/^req_/);
  });

  it.each([
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeCustomerFail", "card_declined", "generic_decline"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ])("with %s is declined with %s (%s) and can be tried again", async (method, code, decline_code) => {
    const { stripe } = await stripeForTest();
    const error = await stripeError(stripe.paymentIntents.create(payment(method)));
    expect(error).toMatchObject({ type: "StripeCardError", statusCode: 402, code, decline_code });
    const id = error.payment_intent?.id ?? "";
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] });
    expect(intent).toMatchObject({
      status: "requires_payment_method",
      payment_method: null,
      amount_received: 0,
      last_payment_error: { code, decline_code },
      latest_charge: { status: "failed", failure_code: code, paid: false },
    });
    const again = await stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa", return_url: RETURN_URL });
    expect(again).toMatchObject({ status: "succeeded", last_payment_error: null });
  });

  it("attaches pm_card_chargeCustomerFail to a customer and then declines it", async () => {
    const { stripe } = await stripeForTest();
    const customer = await stripe.customers.create({});
    const attached = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: customer.id });
    expect(attached.customer).toBe(customer.id);
    const error = await stripeError(
      stripe.paymentIntents.create({ ...payment(attached.id), customer: customer.id, off_session: true }),
    );
    expect(error).toMatchObject({ code: "card_declined", statusCode: 402 });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data.map((one) => one.id)).toEqual([attached.id]);
  });

  it("cannot be confirmed or cancelled once it has succeeded", async () => {
    const { stripe } = await stripeForTest();
    const { id } = await stripe.paymentIntents.create(payment("pm_card_mastercard"));
    const confirmed = await stripeError(stripe.paymentIntents.confirm(id, { return_url: RETURN_URL }));
    const canceled = await stripeError(stripe.paymentIntents.cancel(id));
    for (const error of [confirmed, canceled]) {
      expect(error).toMatchObject({
        statusCode: 400,
        code: "payment_intent_unexpected_state",
        payment_intent: { id, status: "succeeded" },
      });
    }
  });

  it("cannot be confirmed once it was cancelled", async () => {
    const { stripe } = await stripeForTest();
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: "usd", payment_method: "pm_card_visa" });
    const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: "abandoned" });
    expect(canceled).toMatchObject({ status: "canceled", cancellation_reason: "abandoned" });
    const error = await stripeError(stripe.paymentIntents.confirm(id, { return_url: RETURN_URL }));
    expect(error).toMatchObject({ code: "payment_intent_unexpected_state", payment_intent: { status: "canceled" } });
  });

  it("does not reuse a payment method that was spent without a customer", async () => {
    const { stripe } = await stripeForTest();
    const first = await stripe.paymentIntents.create(payment("pm_card_visa"));
    const error = await stripeError(stripe.paymentIntents.create(payment(String(first.payment_method))));
    expect(error.message).toContain("may not be used again");
  });
});

describe("a saved card", () => {
  it("is attached to a customer and charged later without the customer", async () => {
    const { stripe } = await stripeForTest();
    const customer = await stripe.customers.create({});
    await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    const [saved] = (await stripe.customers.listPaymentMethods(customer.id, { type: "card" })).data;
    const again = { ...payment(saved?.id ?? ""), customer: customer.id, off_session: true };
    expect((await stripe.paymentIntents.create(again)).status).toBe("succeeded");
    expect((await stripe.paymentIntents.create(again)).status).toBe("succeeded");
  });
});
