import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";
import { buy, newEmail } from "./buying";

const { shop, receivedEmail, visitor, signedIn } = openBrowser();

const CSV = [
  "sku,name,price,currency",
  "BROWSER-1,Paper lamp,4900,EUR",
  "BROWSER-2,Reed basket,2900,EUR",
  "BROWSER-3,No price,,EUR",
  "BROWSER-4,Negative,-100,EUR",
  ",No number,100,EUR",
].join("\n");
const supplier = createServer((_, response) => response.writeHead(200, { "content-type": "text/csv" }).end(CSV));
let file = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => supplier.listen(0, "127.0.0.1", resolve));
  const address = supplier.address();
  file = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/products.csv`;
});
afterAll(() => supplier.close());

test("an operator refunds a part of an order and ships it, and the customer gets an email about both", async () => {
  const customer = await visitor();
  const email = newEmail("refund");
  await buy(customer.page, "Desk lamp", email);
  await customer.page.getByText("Confirmed", { exact: true }).waitFor();
  const { page, inspect } = await signedIn("manager");
  await page.goto(`/console/orders?q=${encodeURIComponent(email)}`);
  await page.locator("tbody").getByRole("link").first().click();
  await page.getByRole("heading", { name: /^Order \d/ }).waitFor();
  await inspect();
  await page.getByText("Refund", { exact: true }).first().click();
  await page.getByLabel("Amount").fill("10.00");
  await page.getByLabel("Reason").fill("A scratch");
  await page.getByRole("button", { name: "Confirm refund" }).click();
  await page.getByText("€10.00 refunded").waitFor();
  await page.getByLabel("Carrier").fill("DHL");
  await page.getByLabel("Tracking number").fill("00340434161094042557");
  await page.getByRole("button", { name: "Ship items" }).click();
  await page.getByText("Shipped", { exact: true }).waitFor();
  await customer.page.getByText("Your order is on its way.").waitFor();
  await inspect();
  await page.getByText("Mark as delivered").click();
  await page.getByRole("button", { name: "Yes, all delivered" }).click();
  await page.getByText("Delivered", { exact: true }).first().waitFor();
  await receivedEmail(email, /back to you/);
  await receivedEmail(email, /way/);
});

test("a high-value order is held for review until a manager finds it by the filter and releases it", async () => {
  const { page } = await signedIn("manager");
  const product = { sku: "PIANO", name: "Grand piano", price: { amount: 900_000, currency: "EUR" }, stock: 2 };
  expect((await page.request.post("/api/admin/products", { data: product })).status()).toBe(201);
  const customer = await visitor();
  const email = newEmail("piano");
  await buy(customer.page, "Grand piano", email);
  await customer.page.getByText("We received your payment. We are reviewing your order").waitFor();
  await page.goto("/console/orders");
  await page.getByText("More filters").click();
  await page.getByLabel("Review").selectOption("Held for review");
  await page.getByRole("button", { name: "Show" }).click();
  // The list without the filter has the order too.
  await page.waitForURL("**review=held**");
  await page.getByRole("row").filter({ hasText: email }).getByRole("link").click();
  await page.getByRole("heading", { name: "Held for review" }).waitFor();
  await page.getByLabel("Note (optional)").fill("A good customer");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByText("Confirmed", { exact: true }).waitFor();
  await customer.page.getByText("Confirmed", { exact: true }).waitFor();
});

test("an operator cancels an order after a confirmation", async () => {
  const customer = await visitor();
  const email = newEmail("cancelled");
  await buy(customer.page, "Linen tea towel", email);
  await customer.page.getByText("Confirmed", { exact: true }).waitFor();
  const { page, inspect } = await signedIn("manager");
  await page.goto(`/console/orders?q=${encodeURIComponent(email)}`);
  await page.locator("tbody").getByRole("link").first().click();
  const cancel = page.locator("summary", { hasText: /^Cancel…$/ });
  await cancel.click();
  const dialog = page.getByRole("alertdialog", { name: "Cancel" });
  await dialog.waitFor();
  await inspect();
  // The focus is on the button that changes nothing, and returns to where it was.
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  await expect.poll(() => cancel.evaluate((button) => button === document.activeElement)).toBe(true);
  await cancel.click();
  await dialog.getByRole("button", { name: "Yes, cancel the order" }).click();
  // The form is gone after its success. Its message is in view, once, and the focus is on the page.
  const toast = page.getByRole("region", { name: /^Notifications/ }).getByText("Cancelled.");
  await toast.waitFor();
  await cancel.waitFor({ state: "hidden" });
  expect(await page.getByText("Cancelled.").count()).toBe(1);
  await page.waitForFunction(() => document.activeElement?.id === "content");
  await inspect();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await customer.page.getByText("Cancelled", { exact: true }).waitFor();
});

test("a refund above the payment is rejected with the reason", async () => {
  const customer = await visitor();
  const email = newEmail("toomuch");
  await buy(customer.page, "Linen tea towel", email);
  await customer.page.getByText("Confirmed", { exact: true }).waitFor();
  const { page, inspect } = await signedIn("manager");
  await page.goto(`/console/orders?q=${encodeURIComponent(email)}`);
  await page.locator("tbody").getByRole("link").first().click();
  await page.getByText("Refund", { exact: true }).first().click();
  await page.getByLabel("Amount").fill("9999.99");
  await page.getByLabel("Reason").fill("Generous");
  await page.getByRole("button", { name: "Confirm refund" }).click();
  await page.getByRole("alert").filter({ hasText: "exceeds the rest of the payment" }).waitFor();
  await inspect();
});

test("an expense whose answer is lost is submitted again, and is one expense", async () => {
  const { page } = await signedIn("admin");
  await page.goto("/account");
  await isInteractive(page);
  await page.getByText("Submit an expense").click();
  await page.getByLabel("Amount").fill("17.30");
  await page.getByLabel("Description").fill("Lost answer");
  await page.route(
    "**/account",
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  const submit = page.getByRole("button", { name: "Submit expense" });
  await submit.click();
  await page.getByRole("alert").waitFor();
  await submit.click();
  await page.getByText("Submitted.").waitFor();
  await page.reload();
  expect(await page.getByText("€17.30 · Lost answer").count()).toBe(1);
});

test("an expense is submitted, and approved from the email", async () => {
  const employee = await signedIn("admin");
  await employee.page.goto("/account");
  await employee.page.getByText("Submit an expense").click();
  await employee.page.getByLabel("Amount").fill("43.75");
  await employee.page.getByLabel("Description").fill("Packing tape");
  await employee.page.getByRole("button", { name: "Submit expense" }).click();
  await employee.page.getByText("Submitted.").waitFor();
  await employee.inspect();
  const manager = shop.users.find(({ role }) => role === "manager");
  const ask = await receivedEmail(manager?.email ?? "", /€43.75/);
  const { page, inspect } = await visitor();
  await page.goto(ask.text.match(/https?:\S+\/approvals\/\S+/)?.[0] ?? "");
  await inspect();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("status").waitFor();
  await inspect();
  await employee.page.goto("/account");
  await employee.page
    .getByText(/approved/i)
    .first()
    .waitFor();
});

test("without JavaScript, a form that was sent after the session had ended can be sent again", async () => {
  const { page } = await signedIn("manager", { javaScriptEnabled: false });
  await page.goto("/console/broadcasts");
  await page.getByLabel("Title").fill("Written for an hour");
  await page.getByLabel("Message").fill('He said "hello" & left.');
  const session = await page.context().cookies();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText('He said "hello" & left.').waitFor();
  await page.context().addCookies(session);
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText(/This broadcast reaches \d+ p/).waitFor();
  expect(await page.getByLabel("Message").inputValue()).toBe('He said "hello" & left.');
});

test("a broadcast is composed, its recipients are counted, and it is sent completely", async () => {
  const { page, inspect } = await signedIn("manager");
  await page.goto("/console/broadcasts");
  await page.getByLabel("Title").fill("A browser's broadcast");
  await page.getByLabel("Message").fill("Good news.\n\nVery good news.");
  await page.getByLabel("To", { exact: true }).selectOption("manager");
  // The session ends while the text is written. The form keeps it, and can be sent after a sign-in in another tab.
  const session = await page.context().cookies();
  await isInteractive(page);
  // The page refreshes once when its connection for live progress is open. A refresh without a session leads to the sign-in page.
  await page.waitForLoadState("networkidle");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText("Your session has ended.").waitFor();
  // The browser logs each request that is refused meanwhile, such as for the token of live progress.
  const refused = /\b401\b/;
  await inspect(refused);
  await page.context().addCookies(session);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText(/This broadcast reaches \d+ p/).waitFor();
  await inspect(refused);
  expect(await page.getByLabel("Message").inputValue()).toContain("Very good news.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Send to 1 person?").waitFor();
  await inspect(refused);
  // What was changed after the question is asked about again.
  await page.getByLabel("To", { exact: true }).selectOption("all");
  await page.getByRole("button", { name: "Yes, send now" }).click();
  await page.getByText(/Send to (?!1 )\d+ people\?/).waitFor();
  await page.getByLabel("To", { exact: true }).selectOption("manager");
  await page.getByRole("button", { name: "Yes, send now" }).click();
  await page.getByText("Send to 1 person?").waitFor();
  await page.getByRole("button", { name: "Yes, send now" }).click();
  await page.waitForURL("**/console/broadcasts/**");
  await page.getByText("Sent", { exact: true }).first().waitFor();
  await inspect(refused);
});

test("a dry run lists three invalid rows; then its import saves the valid rows and lists the invalid ones", async () => {
  const { page, inspect } = await signedIn("manager");
  await page.goto("/console/imports");
  await page.getByLabel("URL").fill(file);
  await page.getByRole("button", { name: "Start import" }).click();
  await page.waitForURL("**/console/imports/**");
  await page.getByRole("heading", { name: "Dry run of products" }).waitFor();
  await inspect();
  await page.getByRole("button", { name: "Import now" }).click();
  await page.getByRole("heading", { name: "Import of products" }).waitFor();
  await page.getByText("Done", { exact: true }).waitFor();
  await inspect();
  const rows = page.getByRole("table").getByRole("row");
  expect(await rows.count()).toBe(1 + 3);
  await page.goto("/?q=Paper lamp");
  await page.getByRole("link", { name: "Paper lamp" }).waitFor();
});
