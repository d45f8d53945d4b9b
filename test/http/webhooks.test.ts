import { createHmac, randomBytes } from "node:crypto";
import Stripe from "stripe";
import { afterAll, describe, expect, test } from "vitest";
import { receiptSchema } from "@/lib/webhook-inbox";
import { answer, audit, cartOf, count, customer, newProduct, place, post, problemOf, shop, sql } from "./shop";

afterAll(() => audit());

const eventId = () => `evt_${randomBytes(8).toString("hex")}`;
const recorded = (id: string) => count("webhook_inbox WHERE id = $1", [id]);

describe("Stripe", () => {
  const { webhooks } = new Stripe("sk_test_none");
  const event = (id: string, type: string, object: Record<string, unknown>, more = {}) =>
    JSON.stringify({ id, object: "event", type, data: { object }, ...more }, null, 2);
  const send = (payload: string, secret = shop.stripeWebhook, timestamp = Math.floor(Date.now() / 1_000)) =>
    post("/api/webhooks/stripe", payload, {
      "stripe-signature": webhooks.generateTestHeaderString({ payload, secret, timestamp }),
    });

  test("a wrong or missing signature is 400, and nothing is recorded", async () => {
    const id = eventId();
    const payload = event(id, "payment_intent.succeeded", { id: "pi_1" });
    const seconds = Math.floor(Date.now() / 1_000);
    const calls = [
      send(payload, "whsec_wrong"),
      send(payload, undefined, seconds - 301),
      post("/api/webhooks/stripe", payload),
      post("/api/webhooks/stripe", payload, { "stripe-signature": "t=1,v1=00" }),
      post("/api/webhooks/stripe", payload.replace("pi_1", "pi_2"), {
        "stripe-signature": webhooks.generateTestHeaderString({ payload, secret: shop.stripeWebhook }),
      }),
    ];
    for (const call of calls) expect(await problemOf(await call, 400)).toMatchObject({ code: "invalid_signature" });
    expect(await recorded(id)).toBe(0);
  });

  test("the same event ten times at once is recorded once; the signature covers the raw body", async () => {
    const id = eventId();
    const payload = event(id, "customer.created", { id: "cus_1", name: "Žofie 😀 \u2028 ﬀ" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(payload)));
    const receipts = await Promise.all(answers.map((one) => answer(one, 200, receiptSchema)));
    expect(receipts.map((one) => one.receipt).sort()).toEqual([
      ...Array(9).fill("Known already."),
      "Nothing to do for customer.created.",
    ]);
    expect(
      await sql("SELECT payload->'data'->'object'->>'name' AS name FROM webhook_inbox WHERE id = $1", [id]),
    ).toEqual([{ name: "Žofie 😀 \u2028 ﬀ" }]);
  });

  test("an event with text that PostgreSQL cannot store is recorded with U+FFFD instead", async () => {
    const id = eventId();
    const payload = event(id, "customer.updated", { id: "cus_1", name: "A\u0000B", note: "\ud800", path: "C:\\u0000" });
    await answer(await send(payload), 200, receiptSchema);
    expect(await sql("SELECT payload->'data'->'object' AS object FROM webhook_inbox WHERE id = $1", [id])).toEqual([
      { object: { id: "cus_1", name: "A\ufffdB", note: "\ufffd", path: "C:\\u0000" } },
    ]);
  });

  test("a payment of another shop is recorded and changes nothing", async () => {
    const id = eventId();
    const payload = event(id, "payment_intent.succeeded", { id: "pi_of_another_shop", object: "payment_intent" });
    expect((await answer(await send(payload), 200, receiptSchema)).receipt).toMatch(/not of this shop/);
  });

  test("an event's payload is not trusted: the payment is read from Stripe", async () => {
    const placed = await place(cartOf(await newProduct(1), { paymentMethod: "pm_card_authenticationRequired" }));
    await customer.reaches(placed, ["awaiting_payment"]);
    const [payment] = await sql<{ intent_id: string }>("SELECT intent_id FROM payments WHERE order_id = $1", [
      placed.id,
    ]);
    const object = { id: payment?.intent_id, object: "payment_intent", status: "succeeded", amount_received: 2_500 };
    await answer(await send(event(eventId(), "payment_intent.succeeded", object)), 200, receiptSchema);
    // The bank's page still works. It does not for a payment that has ended.
    await customer.authenticate(placed, "failed");
    expect(await customer.reaches(placed, ["failed", "confirmed"])).toMatchObject({ status: "failed" });
  });

  test("a body of more than one megabyte is 413", async () => {
    await problemOf(await send(event(eventId(), "customer.created", { id: "x".repeat(1_000_001) })), 413);
  });
});

describe("Resend", () => {
  const send = (id: string, payload: string, secret = shop.resendWebhook, at = Math.floor(Date.now() / 1_000)) => {
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${at}.${payload}`).digest("base64");
    return post("/api/webhooks/resend", payload, {
      "svix-id": id,
      "svix-timestamp": String(at),
      "svix-signature": `v1,${signature}`,
    });
  };
  const event = (type: string) =>
    JSON.stringify({ type, created_at: "2026-01-01T00:00:00Z", data: { email_id: "email_none", subject: "Grüße 😀" } });

  test("a wrong signature is 400, and nothing is recorded", async () => {
    const id = eventId();
    const payload = event("email.delivered");
    const old = Math.floor(Date.now() / 1_000) - 301;
    const calls = [
      send(id, payload, `whsec_${randomBytes(24).toString("base64")}`),
      send(id, payload, undefined, old),
      post("/api/webhooks/resend", payload),
    ];
    for (const call of calls) expect(await problemOf(await call, 400)).toMatchObject({ code: "invalid_signature" });
    expect(await recorded(id)).toBe(0);
  });

  test("the same event twice is recorded once", async () => {
    const id = eventId();
    for (let i = 0; i < 2; i++) await answer(await send(id, event("email.delivered")), 200, receiptSchema);
    expect(await recorded(id)).toBe(1);
  });

  test("the last event of an email is stored with it", async () => {
    const cart = cartOf(await newProduct(1), { paymentMethod: "pm_card_visa_chargeDeclined" });
    const placed = await place(cart);
    const { id } = await customer.receivedEmail(cart.email, /could not be completed/);
    const fate = async () => sql("SELECT last_event FROM emails WHERE entity_id LIKE $1", [`${placed.id}%`]);
    await expect.poll(fate, { timeout: 60_000 }).toEqual([{ last_event: "email.delivered" }]);
    const opened = await fetch(`${shop.mailbox}/messages/${id}/events`, { method: "POST", body: '{"type":"opened"}' });
    expect(opened.ok).toBe(true);
    await expect.poll(fate, { timeout: 60_000 }).toEqual([{ last_event: "email.opened" }]);
  });
});
