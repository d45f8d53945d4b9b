import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser";

const { shop, visitor, signedIn } = openBrowser();
const database = new pg.Client({ connectionString: shop.database });
beforeAll(() => database.connect());
afterAll(() => database.end());

/** Runs `work` while a table is missing. */
async function without(table: string, work: () => Promise<void>): Promise<void> {
  await database.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    await work();
  } finally {
    await database.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

test.each([
  { area: "the shop", role: "customer", path: "/account", table: "plans", back: "Subscription" },
  { area: "the console", role: "manager", path: "/console/experiments", table: "experiment_ends", back: "Experiments" },
] as const)("a failed page of $area shows an error without its cause, and works after a retry", async (one) => {
  const { page } = await signedIn(one.role);
  const alert = page.getByRole("alert").filter({ hasText: "Something went wrong" });
  await without(one.table, async () => {
    const response = await page.goto(one.path);
    expect(response?.status()).toBe(500);
    await alert.waitFor();
    expect(await page.getByRole("navigation").first().isVisible()).toBe(true);
    expect(await page.locator("body").textContent()).not.toMatch(/prisma|relation|at \w+ \(/i);
  });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: one.back, exact: true }).waitFor();
  expect(await alert.count()).toBe(0);
});

test.each([
  {
    where: "a search of the shop",
    path: "/?q=zzzzzz",
    says: "No products match your search.",
    link: "See all products",
    to: "/",
  },
  { where: "the cart", path: "/cart", says: "Your cart is empty.", link: "Browse products", to: "/" },
])("$where is empty: the page says so and links to the next step", async ({ path, says, link, to }) => {
  const { page, visit } = await visitor();
  await visit(path);
  await page.getByText(says).waitFor();
  await page.getByRole("link", { name: link }).click();
  await page.waitForURL((url) => url.pathname + url.search === to);
});

test("a filter of the console without a match links to the full list", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/orders?q=nobody-at-all");
  await page.getByText("No orders match this filter.").waitFor();
  await page.getByRole("link", { name: "See all orders" }).click();
  await page.waitForURL((url) => url.search === "");
});

test.each([
  { area: "the shop", path: "/", link: "Cart", heading: "Cart" },
  { area: "the console", path: "/console/orders", link: "Emails", heading: "Emails" },
])("while a page of $area loads, it shows a skeleton and a status for screen readers", async (one) => {
  const { page } = await signedIn("manager");
  await page.goto(one.path);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/*_rsc=*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("link", { name: one.link }).first().click();
  await page.getByTestId("skeleton").waitFor();
  await page.getByRole("status").filter({ hasText: "Loading" }).waitFor();
  release();
  await page.getByRole("heading", { name: one.heading, exact: true }).waitFor();
  expect(await page.getByTestId("skeleton").count()).toBe(0);
});

test("without JavaScript, the catalogue, a product and the cart work", async () => {
  const { page } = await visitor({ javaScriptEnabled: false });
  await page.goto("/?q=dish");
  await page.getByRole("link", { name: "Dish brush" }).click();
  await page.getByRole("heading", { name: "Dish brush" }).waitFor();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByLabel("Quantity of Dish brush").waitFor();
  expect(await page.getByTestId("skeleton").count()).toBe(0);
});
