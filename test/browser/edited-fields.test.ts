import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";
import { createProduct, open } from "./buying";

/** A form changes what its user has edited, and nothing else. */
const { signedIn } = openBrowser();

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
