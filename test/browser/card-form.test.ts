import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, scratchDir, startStack } from "@/dev/stack";
import { emailFrom, openBrowser, type Visitor } from "./browser";
import { newEmail, toCheckout, typeAddress } from "./buying";

/**
 * The shop with a publishable key: the customer enters the card in Stripe's Payment Element. No test reaches Stripe, so the
 * files of `stripe-js` replace Stripe.js and its hosts. The Content-Security-Policy and the form are the shop's own.
 */
const dir = scratchDir("card-form");
const { visitor } = openBrowser();
let stack: Stack;
let database: pg.Client;
beforeAll(async () => {
  stack = await startStack({ dir, mode: "start", env: { STRIPE_PUBLISHABLE_KEY: "pk_test_steadfast" } });
  database = new pg.Client({ connectionString: stack.database });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.close();
  rmSync(dir, { recursive: true, force: true });
});

const CARDS: Record<string, string> = {
  "4242424242424242": "pm_card_visa",
  "4000000000000002": "pm_card_visa_chargeDeclined",
};

const fakeFile = (name: string) => readFileSync(path.join(import.meta.dirname, "stripe-js", name), "utf8");

/** Returns a visitor with the fake Stripe.js. `sentCards` are the card numbers that Stripe's API received. */
async function buyer(): Promise<Visitor & { sentCards: string[] }> {
  const buyerVisitor = await visitor({ baseURL: stack.app });
  const sentCards: string[] = [];
  await buyerVisitor.page.route(/^https:\/\/(js|m\.js|hooks)\.stripe\.com\//, (route) =>
    route.request().url().includes("stripe.js")
      ? route.fulfill({ contentType: "text/javascript", body: fakeFile("stripe.js") })
      : route.fulfill({ contentType: "text/html", body: fakeFile("card.html") }),
  );
  await buyerVisitor.page.route("https://api.stripe.com/**", (route) => {
    const number = new URLSearchParams(route.request().postData() ?? "").get("card[number]") ?? "";
    sentCards.push(number);
    const id = CARDS[number];
    const error = { type: "card_error", code: "incorrect_number", message: "Your card number is incorrect." };
    return route.fulfill({
      status: id ? 200 : 402,
      headers: { "access-control-allow-origin": "*" },
      json: id ? { id, object: "payment_method" } : { error },
    });
  });
  return { ...buyerVisitor, sentCards };
}

const card = (page: Page) => page.frameLocator("iframe[title^=Secure]").getByLabel("Card number");
const pay = (page: Page) => page.getByRole("button", { name: /^Pay/ }).click();

async function ordersOf(email: string): Promise<number> {
  const { rows } = await database.query("SELECT 1 FROM orders WHERE email = $1", [email]);
  return rows.length;
}

test("Stripe receives the card, the shop its payment method, and the order is confirmed", async () => {
  const { page, inspect, sentCards } = await buyer();
  const email = newEmail("element");
  await toCheckout(page, "Stoneware mug");
  await typeAddress(page, email);
  await card(page).fill("4242424242424242");
  await inspect();
  await pay(page);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  expect(sentCards).toEqual(["4242424242424242"]);
  await emailFrom(stack, email, /is confirmed/);
  await inspect();
});

test("an error from Stripe is shown without an order, and a valid card completes the same form", async () => {
  const { page, inspect, sentCards } = await buyer();
  const email = newEmail("typo");
  await toCheckout(page, "Linen tea towel");
  await typeAddress(page, email);
  await card(page).fill("4242");
  await pay(page);
  await page.getByRole("alert").filter({ hasText: "Your card number is incomplete." }).waitFor();
  await card(page).fill("4242424242424241");
  await pay(page);
  await page.getByRole("alert").filter({ hasText: "Your card number is incorrect." }).waitFor();
  await inspect(/402/);
  expect([sentCards, await ordersOf(email)]).toEqual([["4242424242424241"], 0]);
  await card(page).fill("4242424242424242");
  await pay(page);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  expect(await ordersOf(email)).toBe(1);
});

test("after an error of the shop, the next submit sends the current card to Stripe", async () => {
  const { page, sentCards } = await buyer();
  await toCheckout(page, "Brass ballpoint");
  await typeAddress(page, newEmail("coupon"));
  await page.getByLabel("Coupon (optional)").fill("NOSUCHCODE");
  await card(page).fill("4000000000000002");
  await pay(page);
  await page.getByRole("alert").filter({ hasText: "coupon" }).waitFor();
  await page.getByLabel("Coupon (optional)").fill("");
  await card(page).fill("4242424242424242");
  await pay(page);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  expect(sentCards).toEqual(["4000000000000002", "4242424242424242"]);
});

test("a declined order is paid with another card", async () => {
  const { page } = await buyer();
  await toCheckout(page, "Paper filters, 100");
  await typeAddress(page, newEmail("declined"));
  await card(page).fill("4000000000000002");
  await pay(page);
  await page.getByText("Not completed", { exact: true }).waitFor();
  await card(page).fill("4242424242424242");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Confirmed", { exact: true }).waitFor();
});

test("Stripe unreachable: the checkout shows an error and places no order", async () => {
  const { page, sentCards } = await buyer();
  await page.route("https://js.stripe.com/**", (route) => route.abort());
  const email = newEmail("blocked");
  await toCheckout(page, "Stoneware mug");
  await page.getByRole("alert").filter({ hasText: "could not be loaded from Stripe" }).waitFor();
  await typeAddress(page, email);
  await pay(page);
  expect(new URL(page.url()).pathname).toBe("/checkout");
  expect([sentCards, await ordersOf(email)]).toEqual([[], 0]);
});
