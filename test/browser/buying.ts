import type { Page } from "playwright-core";
import { expect } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import type { StackInfo } from "@/dev/stack-file";

let count = 0;
export const newEmail = (name = "buyer") => `${name}${++count}.${Date.now()}@customers.example`;

/** Fills in and submits the sign-in page. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Puts a product into the cart and goes to the checkout. */
export async function toCheckout(page: Page, product: string): Promise<void> {
  await page.goto(`/?q=${encodeURIComponent(product)}`);
  await page.getByRole("link", { name: product, exact: true }).click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
  await page.getByRole("link", { name: "Go to checkout" }).click();
  await page.waitForURL("**/checkout");
}

/** Fills in the email, the name and the shipping address. */
export async function typeAddress(page: Page, email: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Name", { exact: true }).fill("Robin Buyer");
  await page.getByLabel("Street and number").fill("Long Way 1");
  await page.getByLabel("Postal code").fill("12345");
  await page.getByLabel("City").fill("Town");
}

/** Fills in the checkout form, and selects a test card. */
export async function fillIn(page: Page, email: string, card: string): Promise<void> {
  await typeAddress(page, email);
  await page.getByLabel(card).check();
}

/** Buys one unit of a product, and waits for the page of the order. */
export async function buy(page: Page, product: string, email: string, card = "Visa that works"): Promise<void> {
  await toCheckout(page, product);
  await fillIn(page, email, card);
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.waitForURL("**/orders/**");
}

const LONG_WAY = { line1: "Long Way 1", city: "Town", postalCode: "12345", country: "DE" };

/** Buys a product over the API, which is quicker, and waits until the order has one of these statuses. */
export async function order(
  { app, mailbox }: Pick<StackInfo, "app" | "mailbox">,
  productId: string,
  {
    email = newEmail(),
    paymentMethod = "pm_card_visa",
    quantity = 1,
    statuses = ["confirmed"],
    shippingAddress = LONG_WAY as Record<string, string>,
  } = {},
): Promise<{ id: string; number: string; token: string; email: string }> {
  const customer = new DemoCustomer(app, mailbox);
  const items = [{ productId, quantity }];
  const cart = { items, email, paymentMethod, name: "Robin Buyer", shippingAddress };
  const { order: placed, problem } = await customer.checkout(cart);
  if (!placed) throw new Error(problem?.detail);
  await customer.reaches(placed, statuses);
  return { id: placed.id, number: placed.number, token: placed.token, email };
}

/** Creates a product over the API, with a hundred pieces. `page` is a manager's. Returns its id. */
export async function createProduct(
  { request }: Page,
  { sku, name, amount }: { sku: string; name: string; amount: number },
): Promise<string> {
  const data = { sku, name, price: { amount, currency: "EUR" }, stock: 100 };
  const response = await request.post("/api/admin/products", { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

/** Opens the part of a page whose summary is `label`. */
export const open = (page: Page, label: string) => page.locator("summary").getByText(label, { exact: true }).click();
