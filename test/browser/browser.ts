import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { launchChromium } from "@/dev/chromium";
import { DemoCustomer as Shopper } from "@/dev/demo-customer";
import { accessibilityProblems } from "./axe";

export interface Visitor {
  page: Page;
  /** Goes there, and holds the page to the accessibility rules. */
  visit(path: string): Promise<void>;
  /** Leaves; who stays to the end of the file leaves then. */
  close(): Promise<void>;
  /** Holds the page as it stands to the accessibility rules, and to a clean console but for what is `expected`. */
  inspect(expected?: RegExp): Promise<void>;
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
    const context = await browser.newContext({
      baseURL: shop.app,
      viewport: { width: 1280, height: 900 },
      reducedMotion: "reduce",
      ...options,
    });
    contexts.push(context);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on(
      "console",
      (message) => message.type() === "error" && !/404/.test(message.text()) && problems.push(message.text()),
    );
    const inspect = async (expected?: RegExp) => {
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(problems.filter((problem) => !expected?.test(problem))).toEqual([]);
    };
    return {
      page,
      inspect,
      close: () => context.close(),
      async visit(path) {
        await page.goto(path);
        if (options.javaScriptEnabled !== false) await inspect();
      },
    };
  }

  const signedIn = (role: "customer" | "manager", options: BrowserContextOptions = {}): Promise<Visitor> =>
    visitor({ storageState: inject("sessions")[role], ...options });

  return { shop, shopper: new Shopper(shop.app, shop.mailbox), visitor, signedIn };
}
