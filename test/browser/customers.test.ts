import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import { waitUntil } from "@/dev/wait-until";
import { openBrowser } from "./browser";
import { newEmail } from "./buying";

const { shop, visitor, signedIn, receivedEmail } = openBrowser();

test("an admin sets the payout account of a customer, and a manager can only read it", async () => {
  const admin = shop.users.find(({ role }) => role === "admin") ?? expect.fail("no admin");
  const { page, inspect } = await visitor();
  await page.goto("/sign-in?next=/console/customers%3Fq%3Damira.costa");
  await page.getByLabel("Email").fill(admin.email);
  await page.getByLabel("Password").fill(admin.password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Amira Costa" }).click();
  await page.getByText("No account set.").waitFor();
  await inspect();
  await page.getByLabel("Account").fill("sk_live_x");
  await page.getByRole("button", { name: "Save account" }).click();
  await page.getByLabel("Account").and(page.locator("[aria-invalid=true]")).waitFor();
  await page
    .getByText(/must be a connected account/)
    .first()
    .waitFor();
  await page.getByLabel("Account").fill("acct_steadfastamira");
  await page.getByRole("button", { name: "Save account" }).click();
  await page.getByText("Expenses are now paid to acct_steadfastamira.").waitFor();
  await inspect();
  const manager = await signedIn("manager");
  await manager.visit(new URL(page.url()).pathname);
  await manager.page.getByText("Approved expenses are paid to acct_steadfastamira").waitFor();
  expect(await manager.page.getByLabel("Account").count()).toBe(0);
  const customer = await signedIn("customer");
  await customer.page.goto(new URL(page.url()).pathname);
  await customer.page.getByRole("heading", { name: "Page not found" }).waitFor();
});

test("the list of users shows those of one role, also on a search", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  await visit("/console/customers");
  await page.getByLabel("Role").selectOption({ label: "Managers" });
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL("**role=manager**");
  await page.getByRole("link", { name: "Max Manager" }).waitFor();
  const roles = await page.locator("tbody td[data-label=Role]").allInnerTexts();
  expect(new Set(roles.map((role) => role.trim()))).toEqual(new Set(["manager"]));
  await inspect();
  await page.getByLabel("Name or email").fill("amira");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("No customers found").waitFor();
});

/** Places an order for an address whose mailbox sends the confirmation back. */
async function bounceFor(email: string): Promise<void> {
  const items = [{ productId: "prod_001", quantity: 1 }];
  await new DemoCustomer(shop.app, shop.mailbox).checkout({ items, email, paymentMethod: "pm_card_visa" });
  const { id } = await receivedEmail(email, /is confirmed/);
  const headers = { "content-type": "application/json" };
  const bounce = { method: "POST", headers, body: JSON.stringify({ type: "bounced" }) };
  expect((await fetch(`${shop.mailbox}/messages/${id}/events`, bounce)).status).toBe(202);
}

/** Loads the page again when the address on it is suppressed. */
async function showSuppression(page: Page): Promise<void> {
  const path = new URL(page.url()).pathname;
  const suppressed = async () => (await page.request.get(`/api/admin${path.replace("/console", "")}`)).json();
  await waitUntil(async () => (await suppressed()).suppressed.length > 0, "the address to be suppressed");
  await page.goto(path);
  await page.getByText("The address gets no email").waitFor();
}

test("a manager lets a customer whose mailbox works again get email, and the notes say so", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  const email = "ben.becker@customers.example";
  await bounceFor(email);
  await visit("/console/customers?q=ben.becker");
  await page.getByRole("link", { name: "Ben Becker" }).click();
  await page.getByRole("heading", { level: 1, name: "Ben Becker" }).waitFor();
  await showSuppression(page);
  await page.getByText("Allow email again", { exact: true }).click();
  await page.getByText("First remove the address from the suppressions at Resend.").filter({ visible: true }).waitFor();
  await inspect();
  await page.getByRole("button", { name: "Yes, allow email" }).click();
  await page.getByText("The address gets email again.").first().waitFor();
  await page.getByText(`Removed the suppression of ${email} after a bounce.`).waitFor();
  expect(await page.getByText("The address gets no email").count()).toBe(0);
});

test("a manager lets a guest get email again on the page of an email that came back", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  const email = newEmail("came-back");
  await bounceFor(email);
  await visit(`/console/emails?to=${email}`);
  await page.getByRole("link", { name: /is confirmed/ }).click();
  await page.waitForURL("**/console/emails/*");
  await showSuppression(page);
  await page.getByText("Allow email again", { exact: true }).click();
  await inspect();
  await page.getByRole("button", { name: "Yes, allow email" }).click();
  await page.getByText("The address gets email again.").first().waitFor();
  expect(await page.getByText("The address gets no email").count()).toBe(0);
});

test("a manager cancels a subscription on the page of its customer", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  const data = { planId: "plan_plus", paymentMethod: "pm_card_visa" };
  const subscribed = await page.request.post("/api/account/subscription", { data });
  expect(subscribed.status()).toBe(201);
  const active = async () => (await (await page.request.get("/api/account/subscription")).json()).subscription.status;
  await waitUntil(async () => (await active()) === "active", "the first period to be paid");
  await visit("/console/customers?role=manager");
  await page.getByRole("link", { name: "Max Manager" }).click();
  await page.getByText("Steadfast Plus, €9.00 a month").waitFor();
  await inspect();
  await page.getByText("Cancel subscription", { exact: true }).click();
  await page.getByRole("button", { name: "Yes, cancel subscription" }).click();
  await page.getByText("The subscription is cancelled.").first().waitFor();
  await page.getByText(/^Ends /).waitFor();
  await page.getByText("Cancelled the subscription, because the customer asked for it.").waitFor();
});
