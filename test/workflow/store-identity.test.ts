import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, MINUTE } from "./shop";
import { openStorefront } from "./storefront";

const env = { STORE_NAME: "Fjord & Tea", STORE_COUNTRY: "NO", STORE_CURRENCY: "NOK" };
const { shop, manager, unique, send, ordered } = openStorefront({ env });
afterEach(audit);

const withoutHead = (html: string) => html.replace(/<head>[\s\S]*?<\/head>/, "");

test("emails have the name of the shop", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [email] = await shop.emails(placed.email);
  expect(withoutHead(email?.html ?? "")).toContain("Fjord &amp; Tea");
  const customer = await signedIn(shop, "customer");
  await shop.clock.advance(MINUTE);
  const welcome = (await shop.emails(customer.email)).find(({ html }) => html.includes("Good to have you here"));
  expect(welcome?.subject).toMatch(/Fjord & Tea|your account is ready/);
  const sent = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE subject || html || text LIKE '%Steadfast%'");
  expect(sent).toEqual([]);
});

test("a text message begins with the name of the shop", async () => {
  const orderId = unique("other");
  await send("order/shipped", { orderId, phone: "+4712345678", carrier: "Posten" });
  const [message] = await shop.sql<{ body: { body: string } }>("SELECT body FROM messages WHERE channel = 'sms'");
  expect(message?.body.body).toBe(`Fjord & Tea: order ${orderId} has been shipped with Posten.`);
});

test("a page behind a link in an email has the name of the shop", async () => {
  const page = await fetch(`${shop.app}/approvals/none`, { headers: { accept: "text/html" } });
  const html = await page.text();
  expect(html).toMatch(/<title>[^<]+ · Fjord &amp; Tea<\/title>/);
  expect(html).toContain('<a class="brand" href="/">Fjord &amp; Tea</a>');
  expect(html).not.toContain("Steadfast");
});

test("forms select the country and the currency of the shop first, unless another is stored", async () => {
  const { renderToStaticMarkup } = await import("react-dom/server");
  const [{ AddressFields }, { Price }] = [
    await import("@/app/ui/address-fields"),
    await import("@/app/console/products/price"),
  ];
  const selected = (html: string) => /<option value="(\w+)" selected="">/.exec(html)?.[1];
  expect(selected(renderToStaticMarkup(AddressFields({ address: null })))).toBe("NO");
  const address = { line1: "Torstraße 1", city: "Berlin", country: "DE" };
  expect(selected(renderToStaticMarkup(AddressFields({ address })))).toBe("DE");
  expect(renderToStaticMarkup(Price({ id: "new" }))).toContain('value="NOK"');
  expect(renderToStaticMarkup(Price({ id: "old", price: { amount: 1, currency: "JPY" } }))).toContain('value="JPY"');
});

test("an event without a currency, and a report without sales, have the currency of the shop", async () => {
  const orderId = unique("A");
  const items = [{ productId: "prod_none", quantity: 1 }];
  await send("order/created", { orderId, email: "ann@customers.example", items });
  expect(await shop.order(await ordered(orderId))).toMatchObject({ status: "failed", total: { currency: "NOK" } });
  const submitter = await signedIn(shop, "customer");
  const expenseId = unique("E");
  await send("expense/submitted", { expenseId, amount: 4_200, userId: submitter.id });
  const expenses = await shop.sql("SELECT amount, currency FROM expenses WHERE external_id = $1", [expenseId]);
  expect(expenses).toEqual([{ amount: 4_200, currency: "NOK" }]);
  const { days } = await manager.read<{ days: { net: object }[] }>(
    manager.get("/api/admin/reports/sales?from=2025-01-01&to=2025-01-01"),
  );
  expect(days).toEqual([{ date: "2025-01-01", orders: 0, net: { amount: 0, currency: "NOK" } }]);
});
