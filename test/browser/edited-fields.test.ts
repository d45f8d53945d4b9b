import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signUp } from "@/dev/fixtures/session";
import { isInteractive, openBrowser } from "./browser";
import { createProduct, newEmail, open, order, toCheckout } from "./buying";

/** A form changes what its user has edited, and nothing else. */
const { shop, signedIn, visitor } = openBrowser();

const WAYS = [true, false];

async function load(page: Page, path: string, javaScriptEnabled: boolean): Promise<void> {
  await page.goto(path);
  if (javaScriptEnabled) await isInteractive(page);
}

test.each(WAYS)(
  "a stock count or a description leaves a price that has changed meanwhile, JavaScript: %s",
  async (javaScriptEnabled) => {
    const { page } = await signedIn("manager", { javaScriptEnabled });
    const sku = javaScriptEnabled ? "EDITED-1" : "EDITED-2";
    const id = await createProduct(page, { sku, name: `Edited ${sku}`, amount: 1_000 });
    const path = `/api/admin/products/${id}`;
    const change = async (data: object) => expect((await page.request.patch(path, { data })).status()).toBe(200);
    const product = async () => (await page.request.get(path)).json();
    const euros = (amount: number) => ({ amount, currency: "EUR" });
    const save = () => page.getByRole("button", { name: "Save", exact: true }).click();

    await load(page, `/console/products?q=${sku}`, javaScriptEnabled);
    await change({ price: euros(1_200) });
    await page.getByLabel(`Available, Edited ${sku}`).fill("90");
    await save();
    await page.getByText(`Edited ${sku} saved.`).waitFor();
    expect(await product()).toMatchObject({ price: euros(1_200), stock: { available: 90 } });

    await load(page, `/console/products/${id}`, javaScriptEnabled);
    await change({ price: euros(1_300), lowStock: 7 });
    await open(page, "Edit product");
    await page.getByLabel("Description").fill("One line\nand another");
    await save();
    await page.getByText(`Edited ${sku} saved.`).waitFor();
    expect(await product()).toMatchObject({ price: euros(1_300), lowStock: 7 });
    expect((await product()).description.split(/\r?\n/)).toEqual(["One line", "and another"]);
  },
);

test.each(WAYS)(
  "an edited price that has changed meanwhile is refused until the page is opened again, JavaScript: %s",
  async (javaScriptEnabled) => {
    const { page } = await signedIn("manager", { javaScriptEnabled });
    const sku = javaScriptEnabled ? "EDITED-3" : "EDITED-4";
    const id = await createProduct(page, { sku, name: `Edited ${sku}`, amount: 1_000 });
    const path = `/api/admin/products/${id}`;
    const amount = async () => (await (await page.request.get(path)).json()).price.amount;
    const save = async (answer: string | RegExp) => {
      await page.getByLabel(`Price in EUR, Edited ${sku}`).fill("15.00");
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await answered;
      await page.getByText(answer).first().waitFor();
    };
    await load(page, `/console/products?q=${sku}`, javaScriptEnabled);
    await page.request.patch(path, { data: { price: { amount: 1_400, currency: "EUR" } } });
    await save("The product has changed meanwhile.");
    await page.getByText("Price is €14.00 now.").first().waitFor();
    await save("The product has changed meanwhile.");
    expect(await amount()).toBe(1_400);
    await load(page, `/console/products?q=${sku}`, javaScriptEnabled);
    await save(`Edited ${sku} saved.`);
    expect(await amount()).toBe(1_500);
  },
);

const ADDRESS = { line1: "Market Street 1", city: "San Francisco", state: "CA", postalCode: "94105", country: "US" };

test("a correction of the email leaves the address of an order as it is, and one of the city leaves its state", async () => {
  const { page } = await signedIn("manager");
  const product = await createProduct(page, { sku: "EDITED-5", name: "Edited EDITED-5", amount: 1_000 });
  const { id } = await order(shop, product, { shippingAddress: ADDRESS });
  const customer = async () => (await (await page.request.get(`/api/admin/orders/${id}`)).json()).customer;
  const correct = async (label: string, value: string) => {
    await load(page, `/console/orders/${id}`, true);
    await open(page, "Correct address or email");
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole("button", { name: "Save correction" }).click();
    await page.getByText("Corrected. The customer is notified.").waitFor();
  };
  const email = newEmail("corrected");
  await correct("Email", email);
  expect(await customer()).toMatchObject({ email, address: ADDRESS });
  await correct("City", "Oakland");
  expect(await customer()).toMatchObject({ email, address: { ...ADDRESS, city: "Oakland" } });
});

test.each(WAYS)(
  "the profile and the checkout leave no line of a stored address out, JavaScript: %s",
  async (javaScriptEnabled) => {
    const manager = await signedIn("manager");
    const sku = javaScriptEnabled ? "EDITED-6" : "EDITED-7";
    await createProduct(manager.page, { sku, name: `Edited ${sku}`, amount: 1_000 });
    const account = await signUp(shop, "Robin Buyer", newEmail("address"));
    const address = { ...ADDRESS, name: "Reception", line2: "Apartment 5", region: "Bay Area" };
    await account.patch("/api/account", { address });
    const { page } = await visitor({ storageState: account.storageState, javaScriptEnabled });
    await load(page, "/account", javaScriptEnabled);
    await page.getByLabel("Phone").fill("+1 555 0100");
    await page.getByRole("button", { name: "Save profile" }).click();
    await page.getByText("Saved.").waitFor();
    expect(await account.get("/api/account")).toMatchObject({ phone: "+1 555 0100", address });

    await toCheckout(page, `Edited ${sku}`);
    if (javaScriptEnabled) await isInteractive(page);
    await page.getByLabel("Postal code").fill("nowhere");
    await page.getByLabel("Address line 2").fill("Apartment 6");
    await page.getByLabel("Visa that works").check();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByText("Please check the marked fields.").waitFor();
    await page.getByLabel("Postal code").fill("94105");
    await page.getByLabel("Visa that works").check();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.waitForURL("**/orders/**");
    const { pathname, search } = new URL(page.url());
    const placed = await account.get(`/api${pathname}${search}`);
    expect(placed).toMatchObject({ shippingAddress: { ...address, line2: "Apartment 6" } });
  },
);

test("a customer who corrects the street of an order leaves the other lines of its address as they are", async () => {
  const manager = await signedIn("manager");
  const product = await createProduct(manager.page, { sku: "EDITED-8", name: "Edited EDITED-8", amount: 1_000 });
  const address = { ...ADDRESS, name: "Reception", line2: "Apartment 5" };
  const { id, token } = await order(shop, product, { shippingAddress: address });
  const { page } = await visitor();
  await load(page, `/orders/${id}?token=${token}`, true);
  await open(page, "Correct the address or email");
  await page.getByLabel("Street and number").fill("Market Street 2");
  await page.getByRole("button", { name: "Save corrections" }).click();
  await page.getByText("Market Street 2").waitFor();
  const stored = await (await page.request.get(`/api/orders/${id}?token=${token}`)).json();
  expect(stored.shippingAddress).toEqual({ ...address, line1: "Market Street 2" });
});
