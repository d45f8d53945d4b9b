import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";

/** What a form shows after the shop has refused it. */
const { signedIn, visitor } = openBrowser();

const newProduct = async (page: Page) => {
  await page.getByLabel("SKU", { exact: true }).fill("FORM-1");
  await page.getByLabel("Name", { exact: true }).fill("Refused lamp");
  await page.getByLabel("Description").fill("Bright");
  await page.getByLabel("Price", { exact: true }).fill("much");
  await page.getByRole("button", { name: "Add product" }).click();
};

test.each([true, false])(
  "a refused form marks the field and keeps what was typed, JavaScript: %s",
  async (javaScriptEnabled) => {
    const { page } = await signedIn("manager", { javaScriptEnabled });
    await page.goto("/console/products");
    if (javaScriptEnabled) await isInteractive(page);
    await page.locator("summary").getByText("Add a product", { exact: true }).click();
    await newProduct(page);
    await page.getByText("Please check the marked fields.").waitFor();
    const price = page.getByLabel("Price", { exact: true });
    expect(await price.getAttribute("aria-invalid")).toBe("true");
    const note = page.locator(`#${await price.getAttribute("aria-describedby")}`);
    expect(await note.textContent()).toBe("Price must be an amount such as 12.50.");
    expect(await page.locator("form [aria-invalid]").count()).toBe(1);
    const typed = await Promise.all(
      ["SKU", "Name", "Description", "Price"].map((label) => page.getByLabel(label, { exact: true }).inputValue()),
    );
    expect(typed).toEqual(["FORM-1", "Refused lamp", "Bright", "much"]);
  },
);

test("without JavaScript, a refused choice of events keeps what was checked", async () => {
  const { page } = await signedIn("manager", { javaScriptEnabled: false });
  await page.goto("/console/webhooks");
  await page.getByLabel("Endpoint URL").fill("ftp://files.example/hook");
  await page.getByLabel("order.shipped").uncheck();
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.locator("#url[aria-invalid=true]").waitFor();
  expect(await page.getByLabel("Endpoint URL").inputValue()).toBe("ftp://files.example/hook");
  expect([
    await page.getByLabel("order.shipped").isChecked(),
    await page.getByLabel("order.confirmed").isChecked(),
  ]).toEqual([false, true]);
});

test("without JavaScript, a wrong password keeps the address and not the password", async () => {
  const { page } = await visitor({ javaScriptEnabled: false });
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill("nobody@customers.example");
  await page.getByLabel("Password").fill("not-my-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByLabel("Email").inputValue()).toBe("nobody@customers.example");
  expect(await page.getByLabel("Password").inputValue()).toBe("");
  expect(await page.content()).not.toContain("not-my-password");
});

test("a new signing secret fits a phone, in the page and in a dialog, and can be copied", async () => {
  const { page, visit } = await signedIn("manager", {
    viewport: { width: 390, height: 844 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await visit("/console/webhooks");
  await isInteractive(page);
  const overflow = (selector: string) =>
    page.locator(selector).evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  await page.getByLabel("Endpoint URL").fill("http://127.0.0.1:9/new-secret");
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByText("Signing secret, shown only once").waitFor();
  expect(await overflow("html")).toBe(0);
  const endpoint = page.locator("section", { hasText: "http://127.0.0.1:9/new-secret" });
  await endpoint.getByText("Roll secret", { exact: true }).click();
  await page.getByRole("button", { name: "Yes, roll secret" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("New signing secret, shown only once.").waitFor();
  expect(await overflow("[role=alertdialog]")).toBe(0);
  await dialog.getByRole("button", { name: "Copy secret" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^whsec_/);
  expect(await dialog.locator("code").textContent()).toBe(copied);
});

test("what is opened before the page is interactive stays open, also a form that asks", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/webhooks");
  await isInteractive(page);
  await page.getByLabel("Endpoint URL").fill("http://127.0.0.1:9/opened-early");
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByText("Signing secret, shown only once").waitFor();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/static/**/*.js*", (route) => released.then(() => route.continue()));
  await page.goto("/console/webhooks", { waitUntil: "commit" });
  const endpoint = page.locator("section", { hasText: "http://127.0.0.1:9/opened-early" });
  await endpoint.locator("summary", { hasText: "Delete endpoint" }).click();
  const button = endpoint.getByRole("button", { name: "Yes, delete endpoint" });
  await button.waitFor();
  release();
  await isInteractive(page);
  await button.click();
  await endpoint.waitFor({ state: "detached" });
});
