import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { get, post, stripeError, stripeForTest } from "./harness";

const params = { amount: 500, currency: "usd" };

describe("a fault", () => {
  it("error: 500 while the endpoint ran changes nothing and is collected under the key", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "error", path: "/v1/payment_intents", method: "post" });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    expect(await stripeError(create())).toMatchObject({ type: "StripeAPIError", statusCode: 500 });
    expect((await stripeError(create())).headers).toMatchObject({ "idempotent-replayed": "true" });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await stripe.paymentIntents.create(params, { idempotencyKey: "k2" })).amount).toBe(500);
  });

  it("error: a 503 never reached the endpoint, so the key is free", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "error", status: 503, times: 2 });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    expect(await stripeError(create())).toMatchObject({ statusCode: 503 });
    expect(await stripeError(create())).toMatchObject({ statusCode: 503 });
    expect((await create()).lastResponse.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("until: an outage fails every call until its end, and keeps none", async () => {
    const { clock, fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "error", until: clock.now() + 3_600_000 });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    for (let n = 0; n < 3; n += 1) expect(await stripeError(create())).toMatchObject({ statusCode: 500 });
    await clock.advance(3_600_000);
    expect((await create()).amount).toBe(500);
  });

  it("rate_limit: 429 with Retry-After, not collected", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "rate_limit" });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    const error = await stripeError(create());
    expect(error).toMatchObject({ type: "StripeRateLimitError", statusCode: 429, code: "rate_limit" });
    expect(error.headers).toMatchObject({ "retry-after": "1" });
    expect((await create()).amount).toBe(500);
  });

  it("answer_lost: the effect is applied, and the same key gets its answer", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "answer_lost", times: 2 });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    expect(await stripeError(create())).toMatchObject({ type: "StripeConnectionError" });
    expect((await create()).lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it("applied_error: the effect is applied, and the 500 is stored under the key", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "applied_error" });
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    expect(await stripeError(create())).toMatchObject({ statusCode: 500 });
    expect((await stripeError(create())).headers).toMatchObject({ "idempotent-replayed": "true" });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it("decline: the next charge is declined, the one after it is not", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "decline" });
    const { id } = await stripe.paymentIntents.create({ ...params, allowed_payment_method_types: ["card"] });
    const confirm = () => stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" });
    expect(await stripeError(confirm())).toMatchObject({ statusCode: 402, decline_code: "generic_decline" });
    expect((await confirm()).status).toBe("succeeded");
  });

  it("reset: the connection ends and nothing is applied", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "reset", times: 2 });
    expect(await stripeError(stripe.paymentIntents.create(params))).toMatchObject({ type: "StripeConnectionError" });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it("timeout: the client gives up and nothing is applied", async () => {
    const { fakeStripe } = await stripeForTest();
    const options = { host: "127.0.0.1", port: fakeStripe.port, protocol: "http", maxNetworkRetries: 0 } as const;
    const impatient = new Stripe("sk_test_steadfast", { ...options, timeout: 50 });
    await post(fakeStripe, "/faults", { kind: "timeout" });
    expect(await stripeError(impatient.paymentIntents.create(params))).toMatchObject({ type: "StripeConnectionError" });
    expect((await impatient.paymentIntents.list()).data).toEqual([]);
  });

  it("waits for its turn: after, path, times; can be listed and cleared", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    const made = await post(fakeStripe, "/faults", { kind: "error", status: 503, path: "/v1/refunds", after: 1 });
    expect(made).toMatchObject({ status: 201, body: { id: expect.any(String), after: 1, times: 1 } });
    await stripe.customers.list();
    await stripe.refunds.list();
    expect(await stripeError(stripe.refunds.list())).toMatchObject({ statusCode: 503 });
    await stripe.refunds.list();
    await post(fakeStripe, "/faults", { kind: "reset", times: 9 });
    expect((await get(fakeStripe, "/faults")).items).toHaveLength(1);
    await fetch(`${fakeStripe.url}/faults`, { method: "DELETE" });
    await stripe.refunds.list();
    expect((await post(fakeStripe, "/faults", { kind: "sulk" })).status).toBe(422);
    expect((await post(fakeStripe, "/faults", { kind: "error", oftne: 1 })).status).toBe(422);
    expect(fakeStripe.calls()).toBe(5);
  });
});
