import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";
import { createProduct, open, order, signIn } from "./buying";

/** Actions of the console on the selected rows of a list. */
const { shop, signedIn, visitor } = openBrowser();

let cheap = "";
let dear = "";
let orders: { id: string; number: string }[] = [];
beforeAll(async () => {
  const { page, close } = await signedIn("manager");
  cheap = await createProduct(page, { sku: "BULK-1", name: "Selected BULK-1", amount: 400 });
  dear = await createProduct(page, { sku: "BULK-2", name: "Selected BULK-2", amount: 5_000 });
  await close();
  orders = await Promise.all([
    order(shop, dear),
    order(shop, dear),
    order(shop, dear, { paymentMethod: "pm_card_visa_chargeDeclined", statuses: ["failed"] }),
  ]);
});

const box = (page: Page, at: number) => page.getByLabel(`Select order ${orders[at]?.number}`);

test("selected orders are shipped, tagged and exported; an order that cannot be shipped is named and stays selected", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  await visit("/console/orders?product=BULK-2");
  await page.getByLabel("Select all on this page").check();
  await page.getByText("3 selected").waitFor();
  await open(page, "Ship");
  await page.getByRole("button", { name: "Ship selected" }).click();
  await page.getByText("Please check the marked fields.").waitFor();
  expect(await box(page, 0).isChecked()).toBe(true);
  await page.getByLabel("Carrier").fill("DHL");
  await page.getByLabel("Tracking numbers").fill(orders.map(({ number }) => `${number} JJD-${number}`).join("\n"));
  await page.getByRole("button", { name: "Ship selected" }).click();
  await page.getByText("2 of 3 orders shipped. 1 could not be changed:").waitFor();
  await page.getByRole("link", { name: `Order ${orders[2]?.number}`, exact: true }).waitFor();
  await page.getByText("1 selected").waitFor();
  expect([await box(page, 0).isChecked(), await box(page, 2).isChecked()]).toEqual([false, true]);
  await inspect();

  await open(page, "Tag");
  await box(page, 0).check();
  await page.getByLabel("Tag to add or remove").fill("Chosen");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByText("2 orders tagged.").waitFor();
  await page
    .getByRole("row")
    .filter({ hasText: orders[0]?.number })
    .getByRole("link", { name: "chosen", exact: true })
    .click();
  await page.waitForURL("**/console/orders?tag=chosen");
  await page.getByText("1–2 of 2").waitFor();

  await box(page, 2).check();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export selected as CSV" }).click();
  const lines = readFileSync(await (await download).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(lines.map((line) => line.split(",")[0])).toEqual(["number", orders[2]?.number]);
});

test("a refresh of the list leaves each order selected that was selected", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/orders?product=BULK-2");
  await isInteractive(page);
  await box(page, 1).check();
  // The new order becomes the first row, and the page refreshes itself.
  const { number } = await order(shop, dear);
  await page.getByLabel(`Select order ${number}`).waitFor();
  expect([await box(page, 1).isChecked(), await box(page, 0).isChecked()]).toEqual([true, false]);
  expect(await page.getByLabel(`Select order ${number}`).isChecked()).toBe(false);
});

test("without JavaScript, a failed action on selected rows keeps the selection, and a good one shows its result", async () => {
  const { page } = await signedIn("manager", { javaScriptEnabled: false });
  await page.goto("/console/orders?product=BULK-2");
  await box(page, 0).check();
  await open(page, "Tag");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByText("Tag to add or remove must not be empty.").first().waitFor();
  expect([await box(page, 0).isChecked(), await box(page, 1).isChecked()]).toEqual([true, false]);
  await open(page, "Tag");
  await page.getByLabel("Tag to add or remove").fill("by hand");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByText("1 order tagged.").waitFor();
  await page.getByRole("link", { name: "by hand" }).waitFor();
});

test("selected products change their price, except one whose price would fall below zero, and are archived", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  await visit("/console/products?q=BULK-");
  const price = (name: string) => page.getByLabel(`Price in EUR, Selected ${name}`).inputValue();
  await page.getByLabel("Select all on this page").check();
  await open(page, "Change price");
  await page.getByLabel("Change by").fill("-10%");
  await page.getByRole("button", { name: "Change prices" }).click();
  await page.getByText("2 products changed.").waitFor();
  expect([await price("BULK-1"), await price("BULK-2")]).toEqual(["3.60", "45.00"]);
  await page.getByLabel("Select all on this page").check();
  await page.getByLabel("Change by").fill("-5");
  await page.getByRole("button", { name: "Change prices" }).click();
  await page.getByText("1 of 2 products changed. 1 could not be changed:").waitFor();
  await page.getByText("The price is €3.60, so it would fall below zero.").waitFor();
  expect([await price("BULK-1"), await price("BULK-2")]).toEqual(["3.60", "40.00"]);
  await inspect();
  await page.getByLabel("Select Selected BULK-2").check();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByText("2 products archived.").waitFor();
  expect(await page.getByRole("listitem").getByText("Archived", { exact: true }).count()).toBe(2);
  expect((await page.request.get(`/api/products/${cheap}`)).status()).toBe(404);
});

/**
 * Creates seven products, and opens their list. `second` is called when the second request of an action has come, before its
 * answer.
 */
async function openMany(
  { page, visit }: Awaited<ReturnType<typeof visitor>>,
  sku: string,
  second: () => Promise<unknown>,
) {
  const manager = await signedIn("manager");
  for (let index = 0; index < 7; index++)
    await createProduct(manager.page, {
      ...{ sku: `${sku}-${index}`, name: `Row ${sku} ${index}` },
      amount: index === 6 ? 100 : 9_000,
    });
  await visit(`/console/products?q=${sku}-`);
  await isInteractive(page);
  let requests = 0;
  await page.route(`**/console/products?q=${sku}-`, async (route) => {
    if (route.request().method() === "POST" && ++requests === 2) await second();
    await route.continue();
  });
  await page.getByLabel("Select all on this page").check();
  await open(page, "Change price");
  await page.getByLabel("Change by").fill("-5");
  await page.getByRole("button", { name: "Change prices" }).click();
}

test("an action on many rows shows how many are done, and names one that failed among them", async () => {
  const manager = await signedIn("manager");
  const { page } = manager;
  await openMany(manager, "MANY", async () => {
    await page.getByText("5 of 7", { exact: true }).waitFor();
    expect(await page.getByRole("progressbar", { name: "Done: products" }).getAttribute("value")).toBe("5");
  });
  await page.getByText("6 of 7 products changed. 1 could not be changed:").waitFor();
  expect(await page.getByRole("progressbar").count()).toBe(0);
  expect(await page.getByLabel("Select Row MANY 6").isChecked()).toBe(true);
  expect(await page.getByLabel("Select Row MANY 0").isChecked()).toBe(false);
});

test("an action whose session ends amid its rows says what is done, and leaves only the others selected", async () => {
  const own = await visitor();
  const { page } = own;
  const { email, password } = shop.users.find(({ role }) => role === "manager") ?? expect.fail("no manager");
  await page.goto("/sign-in");
  await signIn(page, email, password);
  await page.waitForURL("**/account");
  await openMany(own, "AMID", () => page.request.post("/api/auth/sign-out", { data: {} }));
  await page.getByText("5 of 7 products changed. Your session has ended.").waitFor();
  const boxes = page.getByLabel(/^Select Row AMID/);
  expect(await boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked))).toEqual(
    Array.from({ length: 7 }, (_, index) => index > 4),
  );
});

/** Breaks the connection once after the shop has processed a request of `path` that is the `count`th POST. */
async function loseAnswer(page: Page, path: string, count: number): Promise<void> {
  let requests = 0;
  await page.route(path, async (route) => {
    if (route.request().method() !== "POST" || ++requests !== count) return route.fallback();
    await route.fetch();
    await route.abort();
  });
}

test.each([1, 2])(
  "a change of prices whose answer %i is lost is repeated, and changes each price once",
  async (count) => {
    const { page, visit } = await signedIn("manager");
    const sku = `LOST${count}`;
    for (let index = 0; index < 12; index++)
      await createProduct(page, { sku: `${sku}-${index}`, name: `Row ${sku} ${index}`, amount: 1_000 });
    await visit(`/console/products?q=${sku}-`);
    await isInteractive(page);
    await loseAnswer(page, `**/console/products?q=${sku}-`, count);
    await page.getByLabel("Select all on this page").check();
    await open(page, "Change price");
    await page.getByLabel("Change by").fill("10%");
    await page.getByRole("button", { name: "Change prices" }).click();
    const lost = page.getByText("The connection was lost");
    await lost.waitFor();
    if (count === 2) await page.getByText("5 of 12 products changed.").waitFor();
    await page.getByText(`${count === 1 ? 12 : 7} selected`).waitFor();
    expect(await page.getByRole("progressbar").count()).toBe(0);
    expect(await page.getByLabel("Change by").inputValue()).toBe("10%");
    await page.getByRole("button", { name: "Change prices" }).click();
    await page.getByText(`${count === 1 ? 12 : 7} products changed.`, { exact: true }).waitFor();
    await lost.waitFor({ state: "detached" });
    const prices = await page
      .getByLabel(/^Price in EUR, Row LOST/)
      .evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value));
    expect(prices).toEqual(Array.from({ length: 12 }, () => "11.00"));
  },
);

test("an adjustment of the stock whose answer is lost is repeated, and counts once", async () => {
  const { page, visit } = await signedIn("manager");
  const id = await createProduct(page, { sku: "LOST-STOCK", name: "Row LOST STOCK", amount: 1_000 });
  await visit(`/console/products/${id}`);
  await isInteractive(page);
  await loseAnswer(page, `**/console/products/${id}`, 1);
  await open(page, "Adjust stock");
  await page.getByLabel("Adjustment").fill("5");
  await page.getByLabel("Reason").fill("Delivery");
  await page.getByRole("button", { name: "Save adjustment" }).click();
  await page.getByText("The connection was lost").waitFor();
  expect(await page.getByLabel("Adjustment").inputValue()).toBe("5");
  await page.getByRole("button", { name: "Save adjustment" }).click();
  await page.getByText("Stock adjusted.").waitFor();
  const product = await (await page.request.get(`/api/admin/products/${id}`)).json();
  expect(product.stock.available).toBe(105);
});
