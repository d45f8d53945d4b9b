import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { launchChromium } from "@/dev/chromium";
import { Shopper } from "@/dev/shopper";

export interface Visitor {
  page: Page;
  /** Goes there, and holds the page to the accessibility rules. */
  visit(path: string): Promise<void>;
  /** Holds the page as it stands to the accessibility rules, and to a clean console. */
  inspect(): Promise<void>;
}

/** One browser for a test file; each visitor has cookies of its own. */
export function openBrowser() {
  const shop = inject("browserStack");
  const contexts: BrowserContext[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await browser.close();
  });

  async function visitor(options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: shop.app, viewport: { width: 1280, height: 900 }, ...options });
    contexts.push(context);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on(
      "console",
      (message) => message.type() === "error" && !/404/.test(message.text()) && problems.push(message.text()),
    );
    const inspect = async () => {
      // A mail is shown in a frame that runs no script, so axe cannot look into it.
      const { violations } = await new AxeBuilder({ page }).exclude("iframe[sandbox]").analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
      expect(problems).toEqual([]);
    };
    return {
      page,
      inspect,
      async visit(path) {
        await page.goto(path);
        if (options.javaScriptEnabled !== false) await inspect();
      },
    };
  }

  async function signedIn(role: "customer" | "manager" | "admin"): Promise<Visitor> {
    const user = shop.users.find((one) => one.role === role);
    if (!user) throw new Error(`there is no ${role} to sign in as`);
    const one = await visitor();
    await one.page.goto("/sign-in");
    await one.page.getByLabel("E-mail").fill(user.email);
    await one.page.getByLabel("Password").fill(user.password);
    await one.page.getByRole("button", { name: "Sign in" }).click();
    await one.page.waitForURL((url) => url.pathname !== "/sign-in");
    return one;
  }

  return { shop, shopper: new Shopper(shop.app, shop.mailbox), visitor, signedIn };
}
