import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Session, signIn, signUp } from "@/dev/fixtures/session";
import { waitUntil } from "@/dev/wait-until";
import { audit, customer, newProduct, shop, someone, sql } from "./shop";
import { paid } from "./stripe";

/** The events of a storefront over the event API, each with what the shop then shows. The tests share one shop and wait together. */
let manager: Session;
const received: string[] = [];
const server = createServer((request, response) => {
  if (request.url === "/products.csv") return response.end("sku,name,price,currency\nEVENT-1,Lamp,12.50,EUR\n");
  request.on("data", (chunk) => received.push(String(chunk)));
  return request.on("end", () => response.writeHead(204).end());
});
let address = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  manager = await signIn(shop, "manager");
});
afterAll(async () => {
  server.close();
  await audit();
});

const unique = (prefix: string) => `${prefix}-${randomBytes(5).toString("hex")}`;

/** Posts events to the event API. Returns the id of the first. */
async function send(name: string, data: object, { copies = 1, id }: { copies?: number; id?: string } = {}) {
  const events = Array.from({ length: copies }, () => ({ name, data, id }));
  const key = process.env.INNGEST_EVENT_KEY ?? "storefront";
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${shop.inngest}/e/${key}`, { method: "POST", headers, body: JSON.stringify(events) });
  expect(response.status).toBe(200);
  return ((await response.json()) as { ids: string[] }).ids[0] ?? "";
}

/** Waits until an entry of a list of the API passes, and returns it. */
async function listed<T>(path: string, passes: (entry: T) => boolean): Promise<T> {
  let found: T | undefined;
  const find = async () => {
    found = (await manager.get<{ items: T[] }>(path)).items.find(passes);
    return found !== undefined;
  };
  await waitUntil(find, `an entry of ${path}`, { timeout: 90_000, every: 200 });
  return found ?? expect.fail();
}

interface Order {
  id: string;
  status: string;
}

/** Waits until the order with this address has the status, and returns it with all that belongs to it. */
async function orderOf(email: string, status: string) {
  const path = `/api/admin/orders?q=${encodeURIComponent(email)}`;
  const { id } = await listed<Order>(path, (order) => order.status === status);
  expect((await manager.get<{ items: Order[] }>(path)).items).toHaveLength(1);
  return manager.get<Order & { externalId: string; failureReason?: string; total: { amount: number } }>(
    `/api/admin/orders/${id}`,
  );
}

async function newOrder(more: Record<string, unknown> = {}) {
  const [orderId, email] = [unique("A"), someone()];
  const items = [{ productId: await newProduct(5), quantity: 2, price: 2_500 }];
  return { orderId, email, data: { orderId, email, items, paymentMethod: "pm_card_visa", ...more } };
}

async function confirmed(more: Record<string, unknown> = {}) {
  const order = await newOrder(more);
  await send("order/created", order.data);
  return { ...order, id: (await orderOf(order.email, "confirmed")).id };
}

async function waiting(more: Record<string, unknown> = {}) {
  const order = await newOrder({ paymentMethod: undefined, ...more });
  await send("order/created", order.data);
  return { ...order, id: (await orderOf(order.data.email, "awaiting_payment")).id };
}

/** A customer with an account and the card of a subscription. */
async function member() {
  const session = await signUp(shop, "Ann", someone());
  const [user] = await sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [session.email]);
  const [plan] = (await session.get<{ items: { id: string }[] }>("/api/plans")).items;
  await session.post("/api/account/subscription", { planId: plan?.id, paymentMethod: "pm_card_visa" });
  const attached = () =>
    sql("SELECT 1 FROM subscriptions WHERE user_id = $1 AND attached_method IS NOT NULL", [user?.id]);
  await waitUntil(async () => (await attached()).length > 0, "the saved card");
  return { email: session.email, userId: user?.id };
}

describe.concurrent("over the event API", () => {
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

  test("user/registered makes a customer who gets the welcome email", async () => {
    const [userId, email] = [unique("U"), someone()];
    await send("user/registered", { userId, email, name: "Ann" }, { copies: 2 });
    await customer.receivedEmail(email, /./);
    expect(await sql("SELECT name FROM users WHERE external_id = $1", [userId])).toEqual([{ name: "Ann" }]);
  });

  test("user/profile-updated changes what it names", async () => {
    const member = await signUp(shop, "Ann", someone());
    const [user] = await sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [member.email]);
    await send("user/profile-updated", { userId: user?.id, profile: { phone: "+4930123" } });
    const account = () => member.get<{ name: string; phone: string | null }>("/api/account");
    await waitUntil(async () => (await account()).phone === "+4930123", "the new number");
    expect((await account()).name).toBe("Ann");
  });

  test("expense/submitted, approved and rejected: the managers' decision is that of the event", async () => {
    const description = unique("Train");
    const isOf = (one: Expense, amount: number) => one.description === description && one.amount.amount === amount;
    const submit = async (amount: number) => {
      const expenseId = unique("E");
      await send("expense/submitted", { expenseId, amount, userId: "usr_admin", description });
      await listed<Expense>("/api/admin/expenses", (one) => isOf(one, amount));
      return expenseId;
    };
    interface Expense {
      description: string;
      status: string;
      amount: { amount: number };
    }
    const [first, second] = [await submit(4_200), await submit(4_300)];
    await send("expense/approved", { expenseId: first, managerId: "usr_manager", note: "Fine" });
    await send("expense/rejected", { expenseId: second, managerId: "usr_manager" });
    const ended = (amount: number, status: RegExp) =>
      listed<Expense>("/api/admin/expenses", (one) => isOf(one, amount) && status.test(one.status));
    await ended(4_200, /approved|paid/);
    await ended(4_300, /rejected/);
  });

  test("notification/broadcast and notification/send-individual send emails, once for each event", async () => {
    const [title, email, id] = [unique("Sale"), someone(), unique("event")];
    const segment = { type: "role", role: "manager" };
    await send("notification/broadcast", { title, message: "Today", segment }, { id });
    await send("notification/broadcast", { title, message: "Today", segment }, { id });
    await send("notification/send-individual", { email, title: "Your table", message: "It is ready." });
    await customer.receivedEmail(email, /Your table/);
    const unsubscribed = someone();
    await sql(
      "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'product_news', false, now())",
      [unsubscribed],
    );
    await send("notification/send-individual", { email: unsubscribed, title: "No news", message: "It is ready." });
    const ended = () => sql("SELECT status FROM emails WHERE recipient = $1 AND status <> 'queued'", [unsubscribed]);
    await waitUntil(async () => (await ended()).length > 0, "the end of the email");
    expect(await ended()).toEqual([{ status: "suppressed" }]);
    await listed<{ title: string; status: string }>(
      "/api/admin/broadcasts",
      (one) => one.title === title && one.status === "sent",
    );
    const { items } = await manager.get<{ items: { title: string }[] }>("/api/admin/broadcasts");
    expect(items.filter((one) => one.title === title)).toHaveLength(1);
    await customer.receivedEmail(manager.email, new RegExp(title));
  });

  test("data/import and data/process: an import and a job", async () => {
    const url = `${address}/products.csv`;
    await send("data/import", { url });
    const job = unique("J");
    await send("data/process", { id: job });
    await listed<{ url: string; status: string }>(
      "/api/admin/imports",
      (one) => one.url === url && one.status === "done",
    );
    await listed<{ status: string; metadata: { id?: string } | null }>(
      "/api/admin/jobs",
      (one) => one.status === "done" && one.metadata?.id === job,
    );
  });

  test("api/call delivers its payload to the user's webhook", async () => {
    const { id } = await manager.post<{ id: string }>("/api/account/webhooks", {
      ...{ url: `${address}/hook`, events: ["order.refunded"] },
    });
    await send("api/call", { userId: "usr_manager", endpointId: id, payload: { hello: "world" } });
    await waitUntil(() => received.some((body) => /"hello":"world"/.test(body)), "the call");
  });

  test("email/sent is published for an accepted email, without its address", async () => {
    const { email } = await confirmed();
    await customer.receivedEmail(email, /is confirmed/);
    const published = () =>
      sql<{ data: { emailId: string } }>(
        "SELECT o.data FROM outbox o JOIN emails e ON o.id = 'email-sent:' || e.id WHERE e.recipient = $1 AND o.sent_at IS NOT NULL",
        [email],
      );
    await waitUntil(async () => (await published()).length > 0, "the event");
    expect(JSON.stringify(await published())).not.toContain(email);
    const [sent] = await published();
    const received = async (): Promise<{ data: { data: object }[] }> =>
      (await fetch(`${shop.inngest}/v1/events?name=email/sent&limit=100`)).json();
    await waitUntil(
      async () => JSON.stringify(await received()).includes(sent?.data.emailId ?? "?"),
      "the event at Inngest",
    );
  });

  test("wrong data: an alert names the field at once", async () => {
    const orderId = unique("A");
    await send("order/created", { orderId, email: someone(), items: [{ productId: "p", quantity: 0 }] });
    await listed<{ subject: string }>("/api/admin/alerts?limit=100", ({ subject }) =>
      /order\/created.*data\.items\.0\.quantity/.test(subject),
    );
  });
});
