import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { shop, signedIn } = openBrowser();

const callWith = (key: string) =>
  fetch(`${shop.app}/api/admin/coupons`, { headers: { authorization: `Bearer ${key}` } });

test.each([true, false])(
  "an administrator creates a key, uses and revokes it (JavaScript: %s)",
  async (javaScriptEnabled) => {
    const { page, visit, inspect } = await signedIn("admin", {
      javaScriptEnabled,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const name = `Robot ${javaScriptEnabled}`;
    await visit("/console/api-keys");
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByText("must have at least one scope").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe(name);
    await page.getByLabel("coupons:read").check();
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByText("API key, shown only once", { exact: true }).waitFor();
    const shown = await page.getByText(/^sk_\w{10,}$/).textContent();
    if (javaScriptEnabled) await inspect();
    const key = shown ?? "";
    if (javaScriptEnabled) {
      await page.getByRole("button", { name: "Copy secret" }).click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    }
    expect((await callWith(key)).status).toBe(200);
    await visit("/console/api-keys");
    expect(await page.content()).not.toContain(key);
    const card = page
      .locator("section, div")
      .filter({ has: page.getByRole("heading", { name, exact: true }) })
      .last();
    const region = card.locator("xpath=..");
    await region.getByText("Revoke key", { exact: true }).click();
    // With JavaScript it is in a dialog.
    await page.getByRole("button", { name: "Yes, revoke key" }).click();
    await region.getByText("Revoked", { exact: true }).waitFor();
    expect((await callWith(key)).status).toBe(401);
  },
);

test("a manager does not see the page", async () => {
  const { page } = await signedIn("manager");
  const response = await page.goto("/console/api-keys");
  expect(response?.status()).toBe(404);
  expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);
});
