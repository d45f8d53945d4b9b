import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";
import { order, signIn } from "./buying";

/** The lists of the console: actions on several rows, and the choice of columns. */
const { shop, signedIn, visitor } = openBrowser();

let cheap = "";
let dear = "";
let orders: { id: string; number: string }[] = [];
beforeAll(async () => {
  const { page, close } = await signedIn("manager");
  const create = async (sku: string, amount: number): Promise<string> => {
    const data = { sku, name: `Listed ${sku}`, price: { amount, currency: "EUR" }, stock: 100 };
    const response = await page.request.post("/api/admin/products", { data });
    expect(response.status(), await response.text()).toBe(201);
    return (await response.json()).id;
  };
  [cheap, dear] = [await create("LISTED-1", 400), await create("LISTED-2", 5_000)];
  await close();
  orders = await Promise.all([
    order(shop, dear),
    order(shop, dear),
    order(shop, dear, { paymentMethod: "pm_card_visa_chargeDeclined", statuses: ["failed"] }),
  ]);
});

const open = (page: Page, label: string) => page.locator("summary").getByText(label, { exact: true }).click();
const box = (page: Page, at: number) => page.getByLabel(`Select order ${orders[at]?.number}`);

test("selected orders are shipped, tagged and exported; an order that cannot be shipped is named and stays selected", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  await visit("/console/orders?product=LISTED-2");
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
  await page.getByLabel("Tag to add or remove").fill("Listed");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByText("2 orders tagged.").waitFor();
  await page
    .getByRole("row")
    .filter({ hasText: orders[0]?.number })
    .getByRole("link", { name: "listed", exact: true })
    .click();
  await page.waitForURL("**/console/orders?tag=listed");
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
  await visit("/console/orders?product=LISTED-2");
  await isInteractive(page);
  await box(page, 1).check();
  // The new order becomes the first row, and the page refreshes itself.
  const { number } = await order(shop, dear);
  await page.getByLabel(`Select order ${number}`).waitFor();
  expect([await box(page, 1).isChecked(), await box(page, 0).isChecked()]).toEqual([true, false]);
  expect(await page.getByLabel(`Select order ${number}`).isChecked()).toBe(false);
});

test("the address has the chosen columns, also on the next page of the list", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/orders?product=LISTED-2");
  await isInteractive(page);
  await page.getByLabel("Product (SKU)").fill("Listed");
  await page.locator("datalist option[value=LISTED-1]").waitFor({ state: "attached" });
  await page.getByLabel("Product (SKU)").fill("LISTED-2");
  await page.getByLabel("Country").check();
  await page.getByLabel("Customer").uncheck();
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("columnheader", { name: "Country" }).waitFor();
  expect(new URL(page.url()).searchParams.get("column-country")).toBe("1");
  const headings = (await page.getByRole("columnheader").allInnerTexts()).map((text) => /\w+/.exec(text)?.[0]);
  expect(headings).toEqual(["Order", "Status", "Total", "Country", "Tags", "Placed"]);
  await page.goto(page.url());
  expect(await page.getByRole("columnheader", { name: "Customer" }).count()).toBe(0);
  expect(await page.getByLabel("Customer").isChecked()).toBe(false);
});

test("a heading sorts the list by its column, and the other way round the second time; the filter stays", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  await visit("/console/orders?product=LISTED-2");
  const heading = (name: string) => page.getByRole("columnheader", { name });
  const sorted = async (name: string, order: "ascending" | "descending") => {
    await heading(name).getByRole("link").click();
    await page.locator(`th[aria-sort=${order}]`, { hasText: name }).waitFor();
    const numbers = await page.getByLabel(/^Select order /).evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
    return numbers.map((label) => Number(label?.replace(/\D/g, "")));
  };
  const numbers = orders.map(({ number }) => Number(number)).sort((a, b) => a - b);
  expect(await heading("Placed").getAttribute("aria-sort")).toBe("descending");
  const oldest = await sorted("Placed", "ascending");
  expect(oldest.filter((number) => numbers.includes(number))).toEqual(numbers);
  await sorted("Total", "descending");
  await sorted("Total", "ascending");
  expect(await heading("Placed").getAttribute("aria-sort")).toBeNull();
  expect(await page.getByLabel("Product (SKU)").inputValue()).toBe("LISTED-2");
  await inspect();
});

test("the products are sorted by what is chosen", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/products?q=LISTED-");
  const names = () => page.getByRole("heading", { name: /^Listed / }).allInnerTexts();
  expect(await names()).toEqual(["Listed LISTED-1", "Listed LISTED-2"]);
  await page.getByLabel("Sort").selectOption({ label: "Highest price" });
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("**sort=-price**");
  expect(await names()).toEqual(["Listed LISTED-2", "Listed LISTED-1"]);
});

test("without JavaScript, a failed action on selected rows keeps the selection, and a good one shows its result", async () => {
  const { page } = await signedIn("manager", { javaScriptEnabled: false });
  await page.goto("/console/orders?product=LISTED-2");
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
  await visit("/console/products?q=LISTED-");
  const price = (name: string) => page.getByLabel(`Price in EUR, Listed ${name}`).inputValue();
  await page.getByLabel("Select all on this page").check();
  await open(page, "Change price");
  await page.getByLabel("Change by").fill("-10%");
  await page.getByRole("button", { name: "Change prices" }).click();
  await page.getByText("2 products changed.").waitFor();
  expect([await price("LISTED-1"), await price("LISTED-2")]).toEqual(["3.60", "45.00"]);
  await page.getByLabel("Select all on this page").check();
  await page.getByLabel("Change by").fill("-5");
  await page.getByRole("button", { name: "Change prices" }).click();
  await page.getByText("1 of 2 products changed. 1 could not be changed:").waitFor();
  await page.getByText("The price is €3.60, so it would fall below zero.").waitFor();
  expect([await price("LISTED-1"), await price("LISTED-2")]).toEqual(["3.60", "40.00"]);
  await inspect();
  await page.getByLabel("Select Listed LISTED-2").check();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByText("2 products archived.").waitFor();
  expect(await page.getByRole("listitem").getByText("Archived", { exact: true }).count()).toBe(2);
  expect((await page.request.get(`/api/products/${cheap}`)).status()).toBe(404);
});

/** Creates seven products, and opens their list. `second` is called when the second request of an action has come, before its answer. */
async function openMany(
  { page, visit }: Awaited<ReturnType<typeof visitor>>,
  sku: string,
  second: () => Promise<unknown>,
) {
  const manager = await signedIn("manager");
  const create = async (index: number) => {
    const price = { amount: index === 6 ? 100 : 9_000, currency: "EUR" };
    const data = { sku: `${sku}-${index}`, name: `Row ${sku} ${index}`, price, stock: 100 };
    expect((await manager.page.request.post("/api/admin/products", { data })).status()).toBe(201);
  };
  await Promise.all(Array.from({ length: 7 }, (_, index) => create(index)));
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

test("an order's page: the way back, ids to copy, times in the viewer's zone, and a list of shortcuts", async () => {
  const [{ id } = expect.fail("no order")] = orders;
  const { page, visit, inspect } = await signedIn("manager", {
    timezoneId: "America/New_York",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await visit(`/console/orders/${id}`);
  await page.getByRole("button", { name: "Copy order id" }).click();
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
  await page.getByRole("button", { name: "Copy tracking number" }).waitFor();
  await page.getByRole("button", { name: "Copy payment id" }).first().waitFor();

  const time = page.locator("time").first();
  const at = new Date((await time.getAttribute("datetime")) ?? "");
  expect(await time.getAttribute("title")).toContain("(America/New_York)");
  const parts = { timeZone: "America/New_York", dateStyle: "short", timeStyle: "short" } as const;
  expect(await time.textContent()).toBe(at.toLocaleString("sv-SE", parts));

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await inspect();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByLabel("New note").press("?");
  expect(await page.getByLabel("New note").inputValue()).toBe("?");
  expect(await page.getByRole("dialog").count()).toBe(0);

  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Orders" }).click();
  await page.waitForURL("**/console/orders");
});

test("without JavaScript, times are in the store's zone, nothing offers to copy, and a refused refund says why", async () => {
  const [{ id } = expect.fail("no order")] = orders;
  const { page } = await signedIn("manager", { timezoneId: "America/New_York", javaScriptEnabled: false });
  await page.goto(`/console/orders/${id}`);
  const time = page.locator("time").first();
  expect(await time.getAttribute("title")).toContain("(UTC)");
  expect(await time.textContent()).toBe((await time.getAttribute("datetime"))?.slice(0, 16).replace("T", " "));
  expect(await page.getByRole("button", { name: "Copy order id" }).count()).toBe(0);
  await open(page, "Refund");
  await page.getByLabel("Amount").fill("9999.99");
  await page.getByLabel("Reason").fill("Generous");
  await page.getByRole("button", { name: "Confirm refund" }).click();
  await page.getByRole("alert").filter({ hasText: "exceeds the rest of the payment" }).waitFor();
});

test("a list without numbers leads to its next page and back to the first one, with its filter", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  const create = async () => {
    const response = await page.request.post("/api/admin/coupons", { data: { kind: "percent", percent: 5 } });
    expect(response.status(), await response.text()).toBe(201);
  };
  await Promise.all(Array.from({ length: 30 }, create));
  await visit("/console/coupons?status=usable");
  const codes = () => page.locator("tbody tr td:first-child").allInnerTexts();
  const first = await codes();
  const size = first.length;
  const pages = page.getByRole("navigation", { name: "Pages" });
  // Gifts may come meanwhile.
  const total = async () => Number(/ of (\d+)/.exec((await pages.textContent()) ?? "")?.[1]);
  expect(await pages.textContent()).toContain(`1–${size} of `);
  const before = await total();
  expect(before).toBeGreaterThanOrEqual(30);
  expect(await page.getByRole("link", { name: "First page" }).count()).toBe(0);
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  const second = await codes();
  expect(first).not.toContain(second[0]);
  expect(await pages.textContent()).toContain(`${size + 1}–${size + second.length} of `);
  expect(await total()).toBeGreaterThanOrEqual(before);
  await inspect();
  // A link that somebody has shortened.
  const { searchParams } = new URL(page.url());
  await visit(`/console/coupons?status=usable&cursor=${searchParams.get("cursor")}`);
  expect(await pages.textContent()).not.toContain(" of ");
  await page.getByRole("link", { name: "First page" }).click();
  await page.waitForURL("**/console/coupons?status=usable");
  expect(await codes()).toContain(first[0]);
});

test.each(["customers", "customers?q=a", "emails", "emails?to=.example&status=sent"])(
  "the console's %s says how many rows there are",
  async (list) => {
    const { page, visit } = await signedIn("manager");
    await visit(`/console/${list}`);
    const text = (await page.getByRole("navigation", { name: "Pages" }).textContent()) ?? "";
    const [, last, more, total] = /^1–([\d,]+) of (more than )?([\d,]+)/.exec(text) ?? [];
    expect([last, total]).toEqual([expect.any(String), expect.any(String)]);
    const isLastPage = (await page.getByRole("link", { name: "Next", exact: true }).count()) === 0;
    expect(total === last && more === undefined, text).toBe(isLastPage);
  },
);
