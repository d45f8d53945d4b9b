import { expect, it } from "vitest";
import { stripeForTest, WEBHOOK_SECRET, webhookEndpoint } from "./harness";

const order = { label: "Order 100042", url: "http://shop.example/console/orders/ord_1", text: "100042 ada@x.example" };

/** A fake Stripe with one paid and one unpaid payment, whose webhooks are refused at first. */
async function dashboard() {
  let status = 500;
  const hook = await webhookEndpoint(() => status);
  const test = await stripeForTest({
    webhook: { url: hook.url, secret: WEBHOOK_SECRET },
    subjects: async (data) => data.map((one) => (JSON.stringify(one).includes("ord_1") ? order : undefined)),
  });
  const { stripe, fakeStripe, clock } = test;
  const customer = await stripe.customers.create({ name: "<b>Ada", email: "ada@x.example" });
  await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const paid = await stripe.paymentIntents.create({
    ...{ amount: 1050, currency: "eur", payment_method: "pm_card_visa", confirm: true, return_url: "http://x.example" },
    metadata: { order_id: "ord_1" },
  });
  const unpaid = await stripe.paymentIntents.create({ amount: 700, currency: "eur", customer: customer.id });
  await clock.settle();
  status = 200;
  const read = async (path: string) => (await fetch(fakeStripe.url + path)).text();
  const submit = async (path: string, fields: Record<string, string>) => {
    const answer = await fetch(fakeStripe.url + path, { method: "POST", body: new URLSearchParams(fields) });
    await clock.settle();
    return answer;
  };
  return { ...test, customer, paid, unpaid, read, submit };
}

it("lists payments, customers and refunds, and finds them by order, customer and status", async () => {
  const { read, customer, paid, unpaid, stripe } = await dashboard();
  const refund = await stripe.refunds.create({ payment_intent: paid.id });
  const linked = async (path: string) =>
    [...(await read(path)).matchAll(/href="\/\w+\/(\w+_\w+)"/g)].map(([, id]) => id);
  expect(await linked("/")).toEqual([unpaid.id, paid.id]);
  expect(await linked("/?q=%23100042")).toEqual([paid.id]);
  expect(await linked(`/?q=${customer.id}`)).toEqual([unpaid.id]);
  expect(await linked("/?status=succeeded")).toEqual([paid.id]);
  expect(await linked("/customers?q=ADA@x")).toEqual([customer.id]);
  expect(await linked("/refunds")).toEqual([refund.id]);
  expect(await linked("/refunds?q=nothing")).toEqual([]);
  for (const path of [`/payments/${unpaid.id}`, `/customers/${customer.id}`, `/refunds/${refund.id}`, "/customers"])
    expect(await read(path)).not.toContain("<b>Ada");
  expect(await linked(`/customers/${customer.id}`)).toEqual([unpaid.id]);
  expect(await linked(`/refunds/${refund.id}`)).toEqual([paid.id]);
  expect(await read("/payments/pi_none")).toContain("There is no such record");
});

it("shows a payment with its order and deliveries, refunds it, and has it disputed and decided", async () => {
  const { clock, read, submit, stripe, paid } = await dashboard();
  const path = `/payments/${paid.id}`;
  const events = async () => (await read(path)).match(/<strong>[\w.]+<\/strong>/g)?.map((tag) => tag.slice(8, -9));
  expect(await read(path)).toContain(`<a href="${order.url}">Order 100042</a>`);
  expect(await read(path)).toMatch(/failed: HTTP 500.*due/s);
  await clock.advance(60_000);
  expect(await read(path)).toMatch(/failed: HTTP 500.*delivered/s);

  const over = await submit(`${path}/refund`, { amount: "10.51" });
  expect(over.status).toBe(400);
  expect(await over.text()).toContain("Refund amount (€10.51) is greater than charge amount (€10.50)");
  expect(await (await submit(`${path}/refund`, { amount: "all" })).text()).toContain("Invalid amount: all");
  await submit(`${path}/refund`, { amount: "2.50" });
  expect((await stripe.refunds.list({ payment_intent: paid.id })).data).toMatchObject([{ amount: 250 }]);
  expect(await read(path)).toContain('value="8.00"');

  await submit(`${path}/dispute`, { reason: "product_not_received" });
  await submit(`${path}/close`, { outcome: "lost" });
  expect((await stripe.disputes.list({ payment_intent: paid.id })).data).toMatchObject([
    { status: "lost", reason: "product_not_received" },
  ]);
  expect((await events())?.slice(0, 4)).toEqual([
    ...["charge.dispute.closed", "charge.dispute.created", "charge.refunded", "refund.created"],
  ]);
  expect((await submit(`${path}/dispute`, { reason: "fraudulent" })).status).toBe(400);
});
