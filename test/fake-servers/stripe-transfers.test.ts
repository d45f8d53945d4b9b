import { describe, expect, it } from "vitest";
import { post, stripeError, stripeForTest, webhookEndpoint } from "./harness";

const TO = "acct_steadfastexpenses";

describe("a transfer", () => {
  it("goes out at once, is found by its group, and sends its events", async () => {
    const hook = await webhookEndpoint();
    const { stripe, clock } = await stripeForTest({ webhook: { url: hook.url, secret: "whsec_x" } });
    const made = await stripe.transfers.create({
      amount: 1200,
      currency: "EUR",
      destination: TO,
      transfer_group: "po_1",
      metadata: { payout_id: "po_1" },
    });
    expect(made).toMatchObject({
      object: "transfer",
      amount: 1200,
      currency: "eur",
      amount_reversed: 0,
      reversed: false,
    });
    await stripe.transfers.create({ amount: 1, currency: "eur", destination: TO });
    expect((await stripe.transfers.list({ transfer_group: "po_1" })).data.map(({ id }) => id)).toEqual([made.id]);
    expect(await stripe.transfers.retrieve(made.id)).toMatchObject({ metadata: { payout_id: "po_1" } });
    await clock.settle();
    expect(JSON.parse(hook.received[0]?.body ?? "")).toMatchObject({ type: "transfer.created" });
  });

  it("is made once under one key", async () => {
    const { stripe } = await stripeForTest();
    const make = () =>
      stripe.transfers.create({ amount: 500, currency: "eur", destination: TO }, { idempotencyKey: "payout:1:0" });
    expect((await make()).id).toBe((await make()).id);
    expect((await stripe.transfers.list()).data).toHaveLength(1);
  });

  it("needs an account that takes transfers, a known currency and an amount", async () => {
    const { stripe, fakeStripe } = await stripeForTest();
    const to = (destination: string) => stripe.transfers.create({ amount: 500, currency: "eur", destination });
    expect(await stripeError(to("acct_none"))).toMatchObject({ statusCode: 400, code: "resource_missing" });
    expect(await stripeError(to("acct_steadfastrestricted"))).toMatchObject({
      code: "insufficient_capabilities_for_transfer",
    });
    const raw = (form: object) => stripeError(stripe.rawRequest("POST", "/v1/transfers", { ...form }));
    expect(await raw({ amount: 0, currency: "eur", destination: TO })).toMatchObject({ param: "amount" });
    expect(await raw({ amount: 5, currency: "xxx", destination: TO })).toMatchObject({ param: "currency" });
    expect(await raw({ amount: 5, currency: "eur", destination: TO, speed: "fast" })).toMatchObject({
      code: "parameter_unknown",
    });
    expect(await raw({ amount: 5, currency: "eur", destination: TO, source_type: "card" })).toMatchObject({
      code: "fake_server_unsupported",
    });
    await post(fakeStripe, "/faults", {
      kind: "error",
      status: 400,
      code: "balance_insufficient",
      path: "/v1/transfers",
    });
    expect(await stripeError(to(TO))).toMatchObject({ statusCode: 400, code: "balance_insufficient" });
  });
});

describe("a reversal", () => {
  it("brings back a part, then the rest, and never more", async () => {
    const { stripe } = await stripeForTest();
    const { id } = await stripe.transfers.create({ amount: 1000, currency: "eur", destination: TO });
    await stripe.transfers.createReversal(id, { amount: 300 });
    expect(await stripeError(stripe.transfers.createReversal(id, { amount: 701 }))).toMatchObject({ param: "amount" });
    const rest = await stripe.transfers.createReversal(id, { metadata: { payout_id: "po_1" } });
    expect(rest).toMatchObject({ object: "transfer_reversal", amount: 700, transfer: id });
    expect(await stripe.transfers.retrieve(id)).toMatchObject({ amount_reversed: 1000, reversed: true });
    expect(await stripeError(stripe.transfers.createReversal(id))).toMatchObject({ statusCode: 400 });
  });
});
