import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { ensureBuilt } from "./build";
import { launchChromium } from "./chromium";
import { type Cart, Shopper } from "./shopper";
import { type Stack, scratchDir, startStack } from "./stack";

/** `npm run screenshots`: the main pages of a shop with some life in it, wide and narrow, light and dark, in `.local/screenshots`. */
const OUT = path.resolve(".local/screenshots");
const dir = scratchDir("screenshots");
mkdirSync(OUT, { recursive: true });
ensureBuilt(console.log);
const stack = await startStack({ dir, mode: "start" });
const browser = await launchChromium();
try {
  const { orderId, statusUrl, mailId } = await live(stack);
  const pages: [name: string, address: string, as?: "manager" | "customer"][] = [
    ["shop", stack.app],
    ["product", `${stack.app}/products/prod_001`],
    ["order", statusUrl],
    ["account", `${stack.app}/account`, "customer"],
    ["console", `${stack.app}/console`, "manager"],
    ["console-orders", `${stack.app}/console/orders`, "manager"],
    ["console-order", `${stack.app}/console/orders/${orderId}`, "manager"],
    ["mail", `${stack.mailbox}/inbox/${mailId}`],
    ["runs", stack.inngest],
  ];
  for (const page of pages) await shoot(browser, stack, page);
  console.log(`${pages.length * 4} pictures are in ${path.relative(process.cwd(), OUT)}`);
} finally {
  await browser.close();
  await stack.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);

/** Some orders with different ends, so that there is something to see. */
async function live({ app, mailbox }: Stack): Promise<{ orderId: string; statusUrl: string; mailId: string }> {
  const shopper = new Shopper(app, mailbox);
  const buy = async (name: string, productId: string, paymentMethod: string) => {
    const cart: Cart = { items: [{ productId, quantity: 1 }], email: `${name}@customers.example`, name, paymentMethod };
    const { order, problem } = await shopper.checkout(cart);
    if (!order) throw new Error(problem?.detail);
    return order;
  };
  const first = await buy("amira", "prod_001", "pm_card_visa");
  await Promise.all([
    buy("ben", "prod_003", "pm_card_visa_chargeDeclined"),
    buy("clara", "prod_023", "pm_card_authenticationRequired"),
    buy("dario", "prod_010", "pm_card_visa").then(async (order) => {
      await shopper.reaches(order, ["confirmed"]);
      await shopper.cancel(order);
    }),
  ]);
  const mail = await shopper.mail("amira@customers.example", /confirmed/);
  return { orderId: first.id, statusUrl: first.statusUrl, mailId: mail.id };
}

/** Signs in once for each role: the shop takes ten tries in a quarter of an hour. */
async function sessionOf(browser: Browser, { app, users }: Stack, role: string) {
  const user = users.find((one) => one.role === role);
  if (!user) throw new Error(`There is no ${role} to sign in as.`);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${app}/sign-in`);
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const session = await context.storageState();
  await context.close();
  return session;
}

async function shoot(browser: Browser, stack: Stack, [name, address, as]: [string, string, string?]): Promise<void> {
  const storageState = as === undefined ? undefined : await sessionOf(browser, stack, as);
  for (const colorScheme of ["light", "dark"] as const)
    for (const [size, width] of [
      ["wide", 1280],
      ["narrow", 390],
    ] as const) {
      const context = await browser.newContext({ colorScheme, storageState, viewport: { width, height: 860 } });
      const page = await context.newPage();
      await page.goto(address, { waitUntil: "networkidle" });
      await page.screenshot({ path: path.join(OUT, `${name}-${size}-${colorScheme}.png`) });
      await context.close();
    }
}
