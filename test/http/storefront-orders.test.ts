import { afterAll, describe, expect, test } from "vitest";
import { waitUntil } from "@/dev/wait-until";
import { audit, customer, shop, someone } from "./shop";
import { confirmed, listed, manager, member, newOrder, orderOf, send, unique, waiting } from "./storefront";
import { paid } from "./stripe";

/** Orders and payments over the event API, each with what the shop then shows. The tests share one shop and wait together. */
afterAll(audit);

describe.concurrent("orders over the event API", () => {
  test("order/created in full: the order is charged at our prices and confirmed", async () => {
    const { data, orderId, email } = await newOrder();
    await send("order/created", data);
    expect(await orderOf(email, "confirmed")).toMatchObject({ externalId: orderId, total: { amount: 5_000 } });
  });

  test("fifty identical order/created of an unknown order at once: one order, one charge", async () => {
    const { data, email } = await newOrder();
    await send("order/created", data, { copies: 50 });
    const { id } = await orderOf(email, "confirmed");
    await customer.receivedEmail(email, /is confirmed/);
    expect(await paid(id)).toEqual({ times: 1, collected: 5_000 });
    const product = await manager.get<object>(`/api/admin/products/${data.items[0]?.productId}`);
    expect(product).toMatchObject({ stock: { available: 3, reserved: 0 } });
  });

  test("order/created at another price: it fails as price_mismatch, and nothing is charged", async () => {
    const { data, email } = await newOrder({ total: 1 });
    await send("order/created", data);
    const { id, failureReason } = await orderOf(email, "failed");
    expect([failureReason, (await paid(id)).times]).toEqual(["price_mismatch", 0]);
  });

  test.each([
    ["of an unknown product", [{ productId: "prod_none", quantity: 1 }], "unknown_product"],
    ["of more than is in stock", undefined, "out_of_stock"],
  ])("order/created %s: it fails with the reason", async (_what, items, reason) => {
    const { data, email } = await newOrder();
    const many = data.items.map(({ productId }) => ({ productId, quantity: 9 }));
    await send("order/created", { ...data, items: items ?? many });
    expect(await orderOf(email, "failed")).toMatchObject({ failureReason: reason });
  });

  test("order/created without a payment method: a saved card is charged, else the customer gets a link to pay", async () => {
    const { email, userId } = await member();
    await send("order/created", (await newOrder({ paymentMethod: undefined, userId, email })).data);
    const { id } = await orderOf(email, "confirmed");
    expect(await paid(id)).toEqual({ times: 1, collected: 5_000 });
    const other = await waiting();
    const { text } = await customer.receivedEmail(other.email, /Please pay for order/);
    expect(text).toContain(`/orders/${other.id}?token=`);
  });

  test("payment/process charges an order that waits to the saved card of its customer", async () => {
    const { email, userId } = await member();
    const { orderId, id } = await waiting({ email });
    await send("payment/process", { orderId, amount: 5_000, customerId: userId });
    await orderOf(email, "confirmed");
    expect(await paid(id)).toEqual({ times: 1, collected: 5_000 });
  });

  test("payment/completed of Stripe is read at Stripe", async () => {
    const { orderId, email } = await waiting();
    const body = new URLSearchParams({
      ...{ amount: "5000", currency: "eur", payment_method: "pm_card_visa", confirm: "true" },
      "allowed_payment_method_types[]": "card",
    });
    const authorization = `Bearer ${process.env.STRIPE_SECRET_KEY ?? "sk_test_steadfast"}`;
    const answer = await fetch(`${shop.stripe}/v1/payment_intents`, {
      method: "POST",
      headers: { authorization },
      body,
    });
    const { id: paymentId } = (await answer.json()) as { id: string };
    await send("payment/completed", { orderId, paymentId, amount: 5_000, provider: "stripe" });
    await orderOf(email, "confirmed");
  });

  test("order/cancelled cancels and refunds; a payment request for a paid order charges nothing", async () => {
    const { orderId, email, id } = await confirmed();
    const event = await send("payment/process", { orderId, amount: 5_000 });
    const runs = async (): Promise<{ data: { status: string }[] }> =>
      (await fetch(`${shop.inngest}/v1/events/${event}/runs`)).json();
    await waitUntil(async () => (await runs()).data.some(({ status }) => status === "Completed"), "the run");
    expect((await paid(id)).times).toBe(1);
    await send("order/cancelled", { orderId, reason: "kiosk" });
    await orderOf(email, "cancelled");
    await waitUntil(async () => (await paid(id)).collected === 0, "the refund");
  });

  test("order/shipped records the shipment and notifies the customer", async () => {
    const { orderId, email } = await confirmed();
    await send("order/shipped", { orderId, carrier: "DHL", trackingNumber: "T-1" });
    expect(await orderOf(email, "shipped")).toMatchObject({ shipment: { trackingNumber: "T-1", complete: true } });
    await customer.receivedEmail(email, /way|shipped/);
    const other = someone();
    await send("order/shipped", { orderId: unique("X"), email: other });
    await customer.receivedEmail(other, /has been shipped/);
  });

  test("payment/completed of another provider confirms the order; a wrong amount is a task for an operator", async () => {
    const [right, wrong] = [await waiting(), await waiting()];
    const payment = (orderId: string, amount: number) => ({
      ...{ orderId, paymentId: unique("PAYPAL"), amount, provider: "paypal" },
    });
    await send("payment/completed", payment(right.orderId, 5_000));
    const wrongPayment = payment(wrong.orderId, 4_999);
    await send("payment/completed", wrongPayment);
    await orderOf(right.email, "confirmed");
    const { id } = await listed<{ id: string; cause: { message: string } }>(
      "/api/admin/manual-queue?limit=100",
      ({ cause }) => cause.message.includes(wrongPayment.paymentId),
    );
    await orderOf(wrong.email, "awaiting_payment");
    await manager.post(`/api/admin/manual-queue/${id}/resolve`, { action: "dismiss" });
    await send("order/cancelled", { orderId: wrong.orderId });
    await orderOf(wrong.email, "cancelled");
  });

  test("payment/failed ends the attempt, and the customer gets a way to pay", async () => {
    const { orderId, email } = await waiting();
    await send("payment/failed", { orderId, reason: "kiosk gave up" });
    expect(await orderOf(email, "failed")).toMatchObject({ nextAction: { type: "pay_again" } });
    await customer.receivedEmail(email, /could not be completed/);
  });
});
