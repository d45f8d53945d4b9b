import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { shop, visitor, signedIn } = openBrowser();

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
