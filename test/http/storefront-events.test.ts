import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signUp } from "@/dev/fixtures/session";
import { waitUntil } from "@/dev/wait-until";
import { audit, customer, shop, someone, sql } from "./shop";
import { confirmed, listed, manager, send, unique } from "./storefront";

/** All else that a storefront sends over the event API. The tests share one shop and wait together. */
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
});
afterAll(async () => {
  server.close();
  await audit();
});

describe.concurrent("over the event API", () => {
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
    // Another file that shares the shop may have changed it.
    await manager.patch("/api/account", { preferences: { marketing: true } });
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
