import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { DAY, get, post, type Received, stripeError, stripeForTest, WEBHOOK_SECRET, webhookEndpoint } from "./harness";

const typesOf = (received: Received[]) => received.map((one) => JSON.parse(one.body).type);
const pay = (payment_method = "pm_card_visa") => ({
  amount: 500,
  currency: "usd",
  payment_method,
  confirm: true,
  return_url: "http://shop.example",
});
const PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];

async function withHook(answer?: () => number, events?: string[]) {
  const hook = await webhookEndpoint(answer);
  const test = await stripeForTest({ webhook: { url: hook.url, secret: WEBHOOK_SECRET, events } });
  const control = (mode: string, delayMs = 0) => post(test.fakeStripe, "/webhooks/control", { mode, delayMs });
  return { ...test, hook, control };
}

describe("webhooks", () => {
  it("are signed so that constructEvent accepts them", async () => {
    const { clock, stripe, hook } = await withHook();
    const intent = await stripe.paymentIntents.create(pay());
    await clock.settle();
    const events = hook.received.map((one) => {
      const signature = one.headers["stripe-signature"] ?? "";
      const at = Math.floor(clock.now() / 1000);
      return stripe.webhooks.constructEvent(one.body, signature, WEBHOOK_SECRET, 300, undefined, at);
    });
    expect(events.map((event) => event.type)).toEqual(PAID);
    expect(events[2]?.data.object).toMatchObject({ id: intent.id, status: "succeeded" });
    const [first] = hook.received;
    const forged = () =>
      stripe.webhooks.constructEvent(`${first?.body} `, first?.headers["stripe-signature"] ?? "", WEBHOOK_SECRET);
    expect(forged).toThrow(Stripe.errors.StripeSignatureVerificationError);
  });

  it("send an endpoint only the events it subscribed to; the rest is listed, with nothing to deliver", async () => {
    const { clock, stripe, hook } = await withHook(undefined, ["payment_intent.succeeded", "refund.created"]);
    const { id } = await stripe.paymentIntents.create(pay());
    await stripe.refunds.create({ payment_intent: id });
    await clock.settle();
    expect(typesOf(hook.received)).toEqual(["payment_intent.succeeded", "refund.created"]);
    const { data } = await stripe.events.list();
    expect(data.map(({ type }) => type).reverse()).toEqual([...PAID, "refund.created", "charge.refunded"]);
    expect(data.map((event) => event.pending_webhooks)).toEqual([0, 0, 0, 0, 0]);
  });

  it("report declines, authentication, cancellation and refunds", async () => {
    const { clock, stripe, hook } = await withHook();
    await stripeError(stripe.paymentIntents.create(pay("pm_card_visa_chargeDeclined")));
    const waiting = await stripe.paymentIntents.create(pay("pm_card_authenticationRequired"));
    await stripe.paymentIntents.cancel(waiting.id);
    const { id } = await stripe.paymentIntents.create(pay());
    await stripe.refunds.create({ payment_intent: id });
    await clock.settle();
    expect(typesOf(hook.received)).toEqual([
      "payment_intent.created",
      "charge.failed",
      "payment_intent.payment_failed",
      "payment_intent.created",
      "payment_intent.requires_action",
      "payment_intent.canceled",
      ...PAID,
      "refund.created",
      "charge.refunded",
    ]);
  });

  it("come again at growing intervals for three days, then no more", async () => {
    const { clock, stripe, hook } = await withHook(() => 500);
    await stripe.customers.create({});
    await clock.settle();
    expect(hook.received).toHaveLength(1);
    await clock.advance(5_000);
    expect(hook.received).toHaveLength(2);
    await clock.advance(60_000);
    expect(hook.received).toHaveLength(3);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    await clock.advance(3 * DAY);
    expect(hook.received).toHaveLength(11);
    await clock.advance(3 * DAY);
    expect(hook.received).toHaveLength(11);
    expect(new Set(hook.received.map((one) => JSON.parse(one.body).id)).size).toBe(1);
  });

  it("stop coming once they are taken", async () => {
    let status = 503;
    const { clock, stripe, hook } = await withHook(() => status);
    await stripe.customers.create({});
    await clock.settle();
    status = 200;
    await clock.advance(3 * DAY);
    expect(hook.received).toHaveLength(2);
    expect((await stripe.events.list({ delivery_success: true })).data).toHaveLength(1);
  });

  it("can be held and flushed, backwards and twice", async () => {
    const { clock, fakeStripe, stripe, hook, control } = await withHook();
    await control("hold");
    await stripe.paymentIntents.create(pay());
    await clock.advance(DAY);
    expect(hook.received).toEqual([]);
    expect(await get(fakeStripe, "/webhooks/control")).toMatchObject({ mode: "hold", held: 3 });
    const flushed = await post(fakeStripe, "/webhooks/flush", { order: "reverse", duplicate: true });
    expect(flushed.body).toEqual({ delivered: 6, failed: 0 });
    expect(typesOf(hook.received)).toEqual(PAID.toReversed().flatMap((type) => [type, type]));
  });

  it("can come late, twice, in reverse, not at all", async () => {
    const { clock, stripe, hook, control } = await withHook();
    const sent = async (mode: string, delayMs = 0) => {
      hook.received.length = 0;
      await control(mode, delayMs);
      await stripe.paymentIntents.create(pay());
      await clock.settle();
      return typesOf(hook.received);
    };
    expect(await sent("duplicate")).toEqual(PAID.flatMap((type) => [type, type]));
    expect(await sent("reverse")).toEqual(PAID.toReversed());
    expect(await sent("drop")).toEqual([]);
    expect(await sent("deliver", 60_000)).toEqual([]);
    await clock.advance(60_000);
    expect(typesOf(hook.received)).toEqual(PAID);
  });

  it("can come early: before the call that caused them is answered", async () => {
    const { stripe, hook, control } = await withHook();
    await control("early");
    await stripe.paymentIntents.create(pay());
    expect(typesOf(hook.received)).toEqual(PAID);
  });

  it("go to an endpoint that is named later", async () => {
    const { clock, fakeStripe, stripe } = await stripeForTest();
    await stripe.customers.create({});
    const hook = await webhookEndpoint();
    fakeStripe.setWebhook({ url: hook.url, secret: WEBHOOK_SECRET });
    await stripe.customers.create({});
    await clock.settle();
    expect(hook.received).toHaveLength(1);
    expect((await post(fakeStripe, "/webhooks/control", { mode: "lose" })).status).toBe(422);
  });
});
