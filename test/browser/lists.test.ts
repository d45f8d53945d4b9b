import { beforeAll, expect, test } from "vitest";
import { isInteractive, openBrowser } from "./browser";
import { createProduct, order } from "./buying";

/** The lists of the console: their columns, order, pages and sums. */
const { shop, signedIn } = openBrowser();

const orders: { id: string; number: string }[] = [];
beforeAll(async () => {
  const { page, close } = await signedIn("manager");
  await createProduct(page, { sku: "LISTED-1", name: "Listed LISTED-1", amount: 400 });
  const dear = await createProduct(page, { sku: "LISTED-2", name: "Listed LISTED-2", amount: 5_000 });
  await close();
  // One after another: the numbers of orders that are placed at once need not follow their times.
  for (let i = 0; i < 3; i++) orders.push(await order(shop, dear));
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
  await page.waitForURL("**column-country=1**");
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

test("a list without numbers leads to its next page, the previous one and the first one, with its filter", async () => {
  const { page, visit, inspect } = await signedIn("manager");
  const create = async () => {
    const response = await page.request.post("/api/admin/coupons", { data: { kind: "percent", percent: 5 } });
    expect(response.status(), await response.text()).toBe(201);
  };
  await Promise.all(Array.from({ length: 50 }, create));
  await visit("/console/coupons?status=usable");
  const codes = () => page.locator("tbody tr td:first-child").allInnerTexts();
  const first = await codes();
  const size = first.length;
  const pages = page.getByRole("navigation", { name: "Pages" });
  // Gifts may come meanwhile.
  const total = async () => Number(/ of (\d+)/.exec((await pages.textContent()) ?? "")?.[1]);
  expect(await pages.textContent()).toContain(`1–${size} of `);
  const before = await total();
  expect(before).toBeGreaterThanOrEqual(50);
  expect(await page.getByRole("link", { name: "First page" }).count()).toBe(0);
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  const second = await codes();
  expect(first).not.toContain(second[0]);
  expect(await pages.textContent()).toContain(`${size + 1}–${size + second.length} of `);
  expect(await total()).toBeGreaterThanOrEqual(before);
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await page.getByRole("link", { name: "Previous" }).click();
  await page.waitForURL(`**&row=${size + 1}`);
  await expect.poll(codes).toEqual(second);
  expect(await page.getByRole("link", { name: "Previous" }).count()).toBe(0);
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
