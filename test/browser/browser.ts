import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { launchChromium } from "@/dev/chromium";
import { DemoCustomer } from "@/dev/demo-customer";
import type { StackInfo } from "@/dev/stack-file";
import { claimShop } from "../claim-shop";
import { accessibilityProblems } from "./axe";

export interface Visitor {
  page: Page;
  /** Opens a page, and checks that the browser console has no errors. Every page's accessibility has a test of its own. */
  visit(path: string): Promise<void>;
  /** Closes the browser context. */
  close(): Promise<void>;
  /** Checks the accessibility rules, and that the browser console has no errors except `expected`. */
  inspect(expected?: RegExp): Promise<void>;
}

/** Returns an email from the mailbox of a stack, and waits until it arrives. */
export const emailFrom = ({ app, mailbox }: Pick<StackInfo, "app" | "mailbox">, to: string, subject: RegExp) =>
  new DemoCustomer(app, mailbox).receivedEmail(to, subject);

/** Waits until React handles the forms of the page. Before, the browser sends them itself. */
export const isInteractive = (page: Page) =>
  page.waitForFunction(() =>
    [...document.forms].every((form) => Object.keys(form).some((key) => key.startsWith("__reactProps"))),
  );

const { stack: shop, storefront, sessions } = await claimShop(inject("browserShops"), ({ stack }) => stack.database);

/**
 * Opens one browser for a test file. Each visitor has its own cookies, and leaves at the end of the test unless `keepOpen`: pages
 * that stay open follow the shop, and slow the later tests down.
 */
export function openBrowser({ keepOpen = false } = {}) {
  const contexts: BrowserContext[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  if (!keepOpen)
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
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
    const checkConsole = (expected?: RegExp) =>
      expect(problems.filter((problem) => !expected?.test(problem))).toEqual([]);
    const inspect = async (expected?: RegExp) => {
      expect(await accessibilityProblems(page)).toEqual([]);
      checkConsole(expected);
    };
    return {
      page,
      inspect,
      close: () => context.close(),
      async visit(path) {
        await page.goto(path);
        checkConsole();
      },
    };
  }

  const signedIn = (role: "customer" | "manager" | "admin", options: BrowserContextOptions = {}): Promise<Visitor> =>
    visitor({ storageState: sessions[role], ...options });

  const receivedEmail = (to: string, subject: RegExp) => emailFrom(shop, to, subject);

  /** Follows the link that verifies the address of a new account, which leads to the sign-in page. */
  const confirmAddress = async (page: Page, email: string) => {
    const { text } = await receivedEmail(email, /Confirm your email address/);
    await page.goto(text.match(/https?:\S+verify-email\S+/)?.[0] ?? "");
  };

  return { shop, storefront, sessions, receivedEmail, confirmAddress, visitor, signedIn };
}
