import { describe, expect, it } from "vitest";
import { stripeError, stripeForTest } from "./harness";

async function withIntents(count: number) {
  const test = await stripeForTest();
  const customer = await test.stripe.customers.create({ email: "ada@shop.example", name: "Ada" });
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const intent = await test.stripe.paymentIntents.create({
      amount: 1000 + n,
      currency: "usd",
      metadata: { order_id: `o-${n}`, note: "it's" },
      ...(n % 2 === 0 ? { customer: customer.id } : {}),
    });
    ids.unshift(intent.id);
    await test.clock.advance(1000);
  }
  return { ...test, customer, ids };
}

describe("lists", () => {
  it("are newest first and page in both directions", async () => {
    const { stripe, ids } = await withIntents(7);
    const first = await stripe.paymentIntents.list({ limit: 3 });
    expect(first).toMatchObject({ object: "list", has_more: true, url: "/v1/payment_intents" });
    expect(first.data.map((one) => one.id)).toEqual(ids.slice(0, 3));
    const next = await stripe.paymentIntents.list({ limit: 3, starting_after: ids[2] });
    expect(next.data.map((one) => one.id)).toEqual(ids.slice(3, 6));
    const back = await stripe.paymentIntents.list({ limit: 2, ending_before: ids[3] });
    expect(back.data.map((one) => one.id)).toEqual(ids.slice(1, 3));
    const error = await stripeError(stripe.paymentIntents.list({ starting_after: "pi_x" }));
    expect(error).toMatchObject({ statusCode: 400, param: "starting_after" });
    expect(await stripeError(stripe.paymentIntents.list({ limit: 101 }))).toMatchObject({ param: "limit" });
  });

  it("are walked to the end by the SDK", async () => {
    const { stripe, ids } = await withIntents(7);
    const walked: string[] = [];
    for await (const intent of stripe.paymentIntents.list({ limit: 2 })) walked.push(intent.id);
    expect(walked).toEqual(ids);
  });

  it("filter by customer and by time, and expand", async () => {
    const { clock, stripe, customer, ids } = await withIntents(5);
    const mine = await stripe.paymentIntents.list({ customer: customer.id, expand: ["data.customer"] });
    expect(mine.data).toHaveLength(3);
    expect(mine.data[0]).toMatchObject({ customer: { email: "ada@shop.example" } });
    const created = { gte: clock.now() / 1000 - 2 };
    expect((await stripe.paymentIntents.list({ created })).data.map((one) => one.id)).toEqual(ids.slice(0, 2));
    expect((await stripe.customers.list({ email: "ada@shop.example" })).data).toHaveLength(1);
    expect((await stripe.customers.list({ email: "bob@shop.example" })).data).toEqual([]);
  });

  it("of events filter by type", async () => {
    const { stripe, ids } = await withIntents(2);
    await stripe.paymentIntents.cancel(ids[0] ?? "");
    const types = async (params: object) => (await stripe.events.list(params)).data.map((event) => event.type);
    expect(await types({ type: "payment_intent.*", limit: 2 })).toEqual([
      "payment_intent.canceled",
      "payment_intent.created",
    ]);
    expect(await types({ types: ["customer.created", "payment_intent.canceled"] })).toHaveLength(2);
    const [event] = (await stripe.events.list({ type: "payment_intent.canceled" })).data;
    expect(await stripe.events.retrieve(event?.id ?? "")).toMatchObject({
      object: "event",
      data: { object: { id: ids[0], status: "canceled" } },
      request: { id: expect.stringMatching(/^req_/) },
    });
  });
});
