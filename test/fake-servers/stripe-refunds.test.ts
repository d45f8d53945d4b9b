import { describe, expect, it } from "vitest";
import { stripeError, stripeForTest } from "./harness";

async function paid(payment_method = "pm_card_visa") {
  const test = await stripeForTest();
  const intent = await test.stripe.paymentIntents.create({
    amount: 1000,
    currency: "usd",
    payment_method,
    confirm: true,
    return_url: "http://shop.example",
    expand: ["latest_charge"],
  });
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge?.id : undefined;
  return { ...test, intent: intent.id, charge: charge ?? "" };
}

describe("a refund", () => {
  it("defaults to all that is left", async () => {
    const { stripe, intent, charge } = await paid();
    const part = await stripe.refunds.create({ payment_intent: intent, amount: 300, metadata: { refund_id: "r1" } });
    expect(part).toMatchObject({ amount: 300, status: "succeeded", charge, metadata: { refund_id: "r1" } });
    const rest = await stripe.refunds.create({ charge, reason: "requested_by_customer" });
    expect(rest).toMatchObject({ amount: 700, payment_intent: intent, reason: "requested_by_customer" });
    expect(await stripe.charges.retrieve(charge, { expand: ["refunds"] })).toMatchObject({
      amount_refunded: 1000,
      refunded: true,
      refunds: { data: [{ id: rest.id }, { id: part.id }] },
    });
    expect((await stripe.refunds.list({ payment_intent: intent })).data.map((one) => one.id)).toEqual([
      rest.id,
      part.id,
    ]);
    expect((await stripe.refunds.retrieve(part.id)).amount).toBe(300);
  });

  it("never exceeds what was paid", async () => {
    const { stripe, intent } = await paid();
    const over = await stripeError(stripe.refunds.create({ payment_intent: intent, amount: 1001 }));
    expect(over.message).toBe("Refund amount ($10.01) is greater than charge amount ($10.00)");
    await stripe.refunds.create({ payment_intent: intent, amount: 400 });
    const more = await stripeError(stripe.refunds.create({ payment_intent: intent, amount: 601 }));
    expect(more.message).toBe("Refund amount ($6.01) is greater than unrefunded amount on charge ($6.00)");
    expect(more).toMatchObject({ statusCode: 400, param: "amount" });
    await stripe.refunds.create({ payment_intent: intent });
    const again = await stripeError(stripe.refunds.create({ payment_intent: intent }));
    expect(again).toMatchObject({ statusCode: 400, code: "charge_already_refunded" });
  });

  it("of ISK has no decimal places, as a charge", async () => {
    const { stripe } = await stripeForTest();
    const charge = (amount: number) =>
      stripe.paymentIntents.create({
        ...{ amount, currency: "isk", payment_method: "pm_card_visa" },
        ...{ confirm: true, return_url: "http://shop.example" },
      });
    const refused = { statusCode: 400, param: "amount", code: "invalid_charge_amount_no_decimal_compatible" };
    expect(await stripeError(charge(10_050))).toMatchObject(refused);
    const { id } = await charge(10_000);
    expect(await stripeError(stripe.refunds.create({ payment_intent: id, amount: 3_333 }))).toMatchObject(refused);
    expect(await stripe.refunds.create({ payment_intent: id, amount: 3_300 })).toMatchObject({ status: "succeeded" });
  });

  it("needs something that was paid, and a known reason", async () => {
    const { stripe, intent } = await paid();
    const open = await stripe.paymentIntents.create({ amount: 500, currency: "usd" });
    const unpaid = await stripeError(stripe.refunds.create({ payment_intent: open.id }));
    expect(unpaid.message).toContain("does not have a successful charge to refund");
    expect(await stripeError(stripe.refunds.create({}))).toMatchObject({ code: "parameter_missing" });
    expect(await stripeError(stripe.refunds.create({ payment_intent: "pi_x" }))).toMatchObject({
      code: "resource_missing",
    });
    const reason = stripe.rawRequest("POST", "/v1/refunds", { payment_intent: intent, reason: "because" });
    expect((await stripeError(reason)).message).toContain("must be one of duplicate");
  });

  it.each([
    ["pm_card_pendingRefund", "pending", "succeeded", 1000],
    ["pm_card_refundFail", "succeeded", "failed", 0],
  ])("with %s is %s at first and %s later", async (method, first, last, refunded) => {
    const { clock, stripe, intent, charge } = await paid(method);
    const refund = await stripe.refunds.create({ payment_intent: intent });
    expect(refund.status).toBe(first);
    await clock.advance(3_600_000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe(last);
    expect((await stripe.charges.retrieve(charge)).amount_refunded).toBe(refunded);
    expect((await stripe.events.list({ type: "refund.updated" })).data).toHaveLength(1);
  });
});
