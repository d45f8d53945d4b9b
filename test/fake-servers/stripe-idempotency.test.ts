import { describe, expect, it } from "vitest";
import { DAY, post, stripeError, stripeForTest } from "./harness";

const params = { amount: 500, currency: "usd" };

describe("an idempotency key", () => {
  it("answers the same for 24 hours and says that it is a replay", async () => {
    const { clock, stripe } = await stripeForTest();
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "order-1" });
    const first = await create();
    const again = await create();
    expect(again.id).toBe(first.id);
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    expect(again.lastResponse.headers).toMatchObject({
      "idempotent-replayed": "true",
      "original-request": first.lastResponse.requestId,
      "idempotency-key": "order-1",
    });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    await clock.advance(DAY);
    expect((await create()).id).not.toBe(first.id);
  });

  it("replays the answer as it was, not the object as it is now", async () => {
    const { stripe } = await stripeForTest();
    const create = () => stripe.paymentIntents.create(params, { idempotencyKey: "order-1" });
    const { id } = await create();
    await stripe.paymentIntents.cancel(id);
    expect((await create()).status).toBe("requires_payment_method");
  });

  it("with other parameters or on another endpoint is an error", async () => {
    const { stripe } = await stripeForTest();
    await stripe.paymentIntents.create(params, { idempotencyKey: "k" });
    const other = await stripeError(stripe.paymentIntents.create({ ...params, amount: 501 }, { idempotencyKey: "k" }));
    expect(other).toMatchObject({ type: "StripeIdempotencyError", statusCode: 400 });
    expect(other.message).toContain("same parameters");
    const elsewhere = await stripeError(stripe.customers.create({}, { idempotencyKey: "k" }));
    expect(elsewhere.message).toContain("same endpoint");
    const long = await stripeError(stripe.customers.create({}, { idempotencyKey: "k".repeat(256) }));
    expect(long).toMatchObject({ type: "StripeIdempotencyError" });
  });

  it("keeps a decline, but not a request that failed validation", async () => {
    const { stripe } = await stripeForTest();
    const decline = {
      ...params,
      payment_method: "pm_card_visa_chargeDeclined",
      confirm: true,
      return_url: "http://a.example",
    };
    const first = await stripeError(stripe.paymentIntents.create(decline, { idempotencyKey: "d" }));
    const again = await stripeError(stripe.paymentIntents.create(decline, { idempotencyKey: "d" }));
    expect(again.payment_intent?.id).toBe(first.payment_intent?.id);
    expect((await stripe.charges.list()).data).toHaveLength(1);
    await stripeError(stripe.paymentIntents.create({ ...params, amount: 1 }, { idempotencyKey: "v" }));
    expect((await stripe.paymentIntents.create(params, { idempotencyKey: "v" })).amount).toBe(500);
  });

  it("in use is a conflict until the first caller has gone", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    await post(fakeStripe, "/faults", { kind: "timeout" });
    const leave = new AbortController();
    const stuck = fetch(`${fakeStripe.url}/v1/customers`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_steadfast", "idempotency-key": "k" },
      signal: leave.signal,
    });
    await expect.poll(() => fakeStripe.calls()).toBe(1);
    const meanwhile = await stripeError(stripe.customers.create({}, { idempotencyKey: "k" }));
    expect(meanwhile).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
    leave.abort();
    await expect(stuck).rejects.toThrow();
    const status = () =>
      stripe.customers.create({}, { idempotencyKey: "k" }).then(
        () => "made",
        () => "in use",
      );
    await expect.poll(status).toBe("made");
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it("sent a hundred times at once makes one object", async () => {
    const { stripe } = await stripeForTest();
    const calls = Array.from({ length: 100 }, () => stripe.paymentIntents.create(params, { idempotencyKey: "k" }));
    const answers = await Promise.allSettled(calls);
    const ids = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.id] : []));
    expect(new Set(ids).size).toBe(1);
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });
});
