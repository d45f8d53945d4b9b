import { expect, test } from "vitest";
import { openBrowser } from "./browser";
import { newEmail, signIn } from "./buying";

const { shop, receivedEmail, confirmAddress, visitor, signedIn } = openBrowser();

test("a new customer registers, reads the welcome email, and unsubscribes in one click", async () => {
  const { page, visit, inspect } = await visitor();
  const email = newEmail("new");
  await visit("/sign-up");
  await page.getByLabel("Name").fill("Nova New");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Check your inbox").waitFor();
  await inspect();
  await confirmAddress(page, email);
  await page.getByText("Your address is confirmed.").waitFor();
  await inspect();
  await signIn(page, email, "correct horse battery");
  await page.getByRole("heading", { name: "Hello, Nova New" }).waitFor();
  await inspect();
  const welcome = await receivedEmail(email, /Nova/);
  await page.goto(`${shop.mailbox}/?to=${encodeURIComponent(email)}`);
  await page.getByRole("link", { name: welcome.subject }).click();
  await inspect();
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${shop.app}/account`);
  await page.getByRole("checkbox", { name: /First steps/ }).waitFor();
  expect(await page.getByRole("checkbox", { name: /First steps/ }).isChecked()).toBe(false);
  expect(await page.getByRole("checkbox", { name: /Offers/ }).isChecked()).toBe(true);

  // The page of the link, in the browser with the session.
  await page.goto(/http\S+\/api\/unsubscribe\?\S+/.exec(welcome.text)?.[0] ?? "");
  await page.getByRole("button", { name: "Subscribe again" }).click();
  await page.getByRole("button", { name: "Unsubscribe from all" }).click();
  await page.getByRole("heading", { name: "You are unsubscribed" }).waitFor();
  await page.goto(`${shop.app}/account`);
  await page.getByRole("checkbox", { name: /Offers/ }).waitFor();
  expect(await page.getByRole("checkbox", { name: /Offers/ }).isChecked()).toBe(false);
});

test("the profile is saved, errors name their fields, and the deletion of the account is asked for in a dialog", async () => {
  const { page, inspect } = await signedIn("customer");
  await page.goto("/account");
  await page.getByLabel("Street and number").fill("Long Way 2");
  await page.getByRole("button", { name: "Save profile" }).click();
  await page.getByRole("alert").filter({ hasText: "City is missing" }).waitFor();
  await inspect();
  await page.getByLabel("Postal code").fill("1010");
  await page.getByLabel("City").fill("Town");
  await page.getByLabel("Country").selectOption({ label: "Austria" });
  await page.getByRole("button", { name: "Save profile" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  expect(await page.getByLabel("Street and number").inputValue()).toBe("Long Way 2");
  expect(await page.getByLabel("Country").inputValue()).toBe("AT");

  const trigger = page.locator("summary", { hasText: "Delete your account" });
  await trigger.click();
  const dialog = page.getByRole("alertdialog", { name: "Delete your account" });
  await dialog.getByLabel("Your password").fill("wrong horse");
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await dialog.getByRole("alert").waitFor();
  await inspect();
  const password = shop.users.find(({ role }) => role === "customer")?.password ?? "";
  await dialog.getByLabel("Your password").fill(password);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  // The shop has no toasts: the dialog itself says what comes next.
  await dialog.getByText("Open the link in the email in this browser to delete it.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "hidden" });
  await expect.poll(() => trigger.evaluate((button) => button === document.activeElement)).toBe(true);
});

test("a customer who opens the console gets no data", async () => {
  const { page } = await signedIn("customer");
  for (const path of ["/console", "/console/orders", "/console/products"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await page.getByText("Page not found").waitFor();
  }
  const api = await page.request.get("/api/admin/orders");
  expect(api.status()).toBe(403);
});

test("a visitor without a session signs in and returns to the requested page", async () => {
  const { page, inspect } = await visitor();
  await page.goto("/console/orders");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await inspect();
  const manager = shop.users.find(({ role }) => role === "manager");
  await page.getByLabel("Email").fill(manager?.email ?? "");
  await page.getByLabel("Password").fill("wrong horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: "Invalid" }).waitFor();
  expect(await page.getByLabel("Email").inputValue()).toBe(manager?.email);
  await page.getByLabel("Password").fill(manager?.password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Orders", level: 1 }).waitFor();
});

test("a forgotten password: a link by email, a new password, and a sign-in with it", async () => {
  const { page, visit, inspect } = await visitor();
  const email = newEmail("forgot");
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Fay Forgot");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Check your inbox").waitFor();
  await confirmAddress(page, email);
  await visit("/forgot-password");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send reset link" }).click();
  await page.getByText("Check your inbox").waitFor();
  await inspect();
  const { text } = await receivedEmail(email, /new password/);
  await page.goto(text.match(/https?:\S+reset-password\S+/)?.[0] ?? "");
  await page.getByLabel("New password").fill("battery staple horse");
  await page.getByRole("button", { name: "Save new password" }).click();
  await page.getByText("Your password is changed.").waitFor();
  await signIn(page, email, "battery staple horse");
  await page.getByRole("heading", { name: "Hello, Fay Forgot" }).waitFor();
});

test("the search tolerates a typo", async () => {
  const { page, visit } = await visitor();
  await visit("/?q=kettel");
  await page.getByRole("link", { name: "Gooseneck kettle" }).waitFor();
  await page.goto("/?q=zzzzzz");
  await page.getByText("No products match your search.").waitFor();
});
