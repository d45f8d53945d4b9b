import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resend } from "resend";
import { describe, expect, it, onTestFinished } from "vitest";
import { startMailbox } from "@/dev/mailbox";
import { virtualClock } from "@/dev/shared/virtual-clock";
import { startStripe } from "@/dev/stripe";
import { get, post, sdkFor, stripeForTest, WEBHOOK_SECRET, webhookEndpoint } from "./harness";

async function tempFile(name: string) {
  const folder = await mkdtemp(join(tmpdir(), "fake-servers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "sub", name);
}

describe("with a store", () => {
  it("Stripe remembers payments, keys, cards and undelivered webhooks; a torn line is dropped", async () => {
    const store = await tempFile("stripe.jsonl");
    const clock = virtualClock();
    const hook = await webhookEndpoint();
    const first = await startStripe({ clock, store, webhook: { url: hook.url, secret: WEBHOOK_SECRET } });
    const stripe = sdkFor(first);
    const customer = await stripe.customers.create({ email: "ada@shop.example" });
    await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    await post(first, "/webhooks/control", { mode: "deliver", delayMs: 60_000 });
    const create = { amount: 500, currency: "usd", customer: customer.id };
    const made = await stripe.paymentIntents.create(create, { idempotencyKey: "k" });
    await first.close();
    hook.received.length = 0;
    await appendFile(store, '[["payment_intents","pi_torn",{"id"');

    const second = await startStripe({ clock, store, webhook: { url: hook.url, secret: WEBHOOK_SECRET } });
    onTestFinished(() => second.close());
    const again = sdkFor(second);
    expect((await again.paymentIntents.create(create, { idempotencyKey: "k" })).id).toBe(made.id);
    const [card] = (await again.customers.listPaymentMethods(customer.id)).data;
    const confirm = { payment_method: card?.id, return_url: "http://shop.example" };
    expect((await again.paymentIntents.confirm(made.id, confirm)).status).toBe("succeeded");
    expect((await again.paymentIntents.list()).data).toHaveLength(1);
    await clock.advance(60_000);
    expect(hook.received.map((one) => JSON.parse(one.body).type)).toContain("payment_intent.created");
    expect(await readFile(store, "utf8")).not.toContain("pi_torn");
  });

  it("the mailbox remembers emails, keys and what is still to happen", async () => {
    const store = await tempFile("mailbox.jsonl");
    const clock = virtualClock();
    const first = await startMailbox({ clock, store });
    const email = { from: "a@shop.example", to: "b@shop.example", subject: "s", html: "<p>x</p>".repeat(1000) };
    const send = (url: string) =>
      new Resend("re_steadfast", { baseUrl: url }).emails.send(email, { idempotencyKey: "k" });
    const sent = await send(first.url);
    await first.close();

    const second = await startMailbox({ clock, store });
    onTestFinished(() => second.close());
    expect((await send(second.url)).data).toEqual(sent.data);
    await clock.advance(1000);
    const { items } = await get(second, "/messages?to=b@shop.example");
    expect(items).toMatchObject([{ html: email.html, events: [{ type: "sent" }, { type: "delivered" }] }]);
  });
});

describe("the overview of the Stripe fake server", () => {
  it("shows payments with their state and the way to 3-D Secure, and escapes metadata", async () => {
    const { fakeStripe, stripe } = await stripeForTest();
    const { id } = await stripe.paymentIntents.create({
      amount: 4200,
      currency: "usd",
      payment_method: "pm_card_authenticationRequired",
      confirm: true,
      return_url: "http://shop.example",
      metadata: { note: "<script>alert(1)</script>" },
    });
    const page = await (await fetch(fakeStripe.url)).text();
    expect(page).toContain(id);
    expect(page).toContain("requires_action");
    expect(page).toContain(`${fakeStripe.url}/3ds/${id}`);
    expect(page).not.toContain("<script>");
  });
});
