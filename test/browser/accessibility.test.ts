import { readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { ALL_PAGES, type FixturePage } from "@/dev/fixtures/pages";
import { createFixtures, type FixtureShop } from "@/dev/fixtures/shop";
import { accessibilityProblems, LAYOUT_RULES } from "./axe";
import { openBrowser, type Visitor } from "./browser";

/** Every page of the shop, the console and the fake servers, in each of its states. */
const { shop, visitor } = openBrowser({ keepOpen: true });
let fixtures: FixtureShop;
beforeAll(async () => {
  fixtures = await createFixtures(shop);
});

const WIDE = { width: 1280, height: 900 };
/** The narrowest phone in common use. */
const NARROW = { width: 360, height: 780 };

test("the list contains every page of the app", () => {
  const paths = ALL_PAGES.map((entry) => new URL(entry.url(fixtures))).flatMap(({ origin, pathname }) =>
    origin === shop.app ? [pathname] : [],
  );
  const files = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) => /\bpage\.tsx$/.test(file));
  const missing = files.filter((file) => {
    const parts = path
      .dirname(file)
      .split(path.sep)
      .filter((part) => !/^(\.|\(.+\))$/.test(part));
    const pattern = new RegExp(`^/${parts.map((part) => (part.startsWith("[") ? "[^/]+" : part)).join("/")}$`);
    return !paths.some((pathname) => pattern.test(pathname));
  });
  expect(files.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

/** Both color schemes have the same layout at every size, so each is checked at one of them. */
const VIEWS = [
  { size: WIDE, colorScheme: "light", rules: undefined },
  { size: NARROW, colorScheme: "dark", rules: LAYOUT_RULES },
] as const;

/** Pages for the same visitor share a browser context, which loads the scripts once, and its tabs. */
const visitors = new Map<string, { context: Promise<Visitor>; tabs: Page[] }>();
async function inTab({ cookies }: FixturePage, work: (tab: Page) => Promise<void>): Promise<void> {
  const storageState = { cookies: cookies(fixtures), origins: [] };
  const key = JSON.stringify(storageState.cookies);
  const { context, tabs } = visitors.get(key) ?? { context: visitor({ storageState }), tabs: [] };
  visitors.set(key, { context, tabs });
  const tab = tabs.pop() ?? (await newTab((await context).page));
  await work(tab);
  // An idle tab must not follow the shop.
  await tab.goto("about:blank");
  tabs.push(tab);
}

/**
 * Opens a tab whose pages note the second frame after they were parsed. The first one shows what a frame before did not have yet. The
 * time is that of the call, as in a layout shift: the time of the frame can be before the end of the first one.
 */
async function newTab(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.addInitScript(() => {
    document.addEventListener("readystatechange", () => {
      if (document.readyState !== "interactive") return;
      requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("parsed")));
    });
  });
  return tab;
}

/** A part of the window times a part of its height (web.dev/articles/cls). Texts that get wider, such as local times, are below it. */
const MAX_LAYOUT_SHIFT = 0.004;

/**
 * What has moved after the page was parsed, while it became interactive. A click at that moment misses its target. The frame of an
 * email gets its height when the email is there.
 */
const layoutShifts = (page: Page): Promise<string[]> =>
  page.evaluate((max) => {
    if (document.querySelector("iframe")) return [];
    const parsed = performance.getEntriesByName("parsed")[0]?.startTime ?? Number.POSITIVE_INFINITY;
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: "layout-shift", buffered: true });
    return observer
      .takeRecords()
      .map((entry) => entry.toJSON())
      .filter(({ startTime, value, hadRecentInput }) => startTime > parsed && value > max && !hadRecentInput)
      .map((shift) => `moves while it becomes interactive: ${JSON.stringify(shift)}`);
  }, MAX_LAYOUT_SHIFT);

test.concurrent.each(ALL_PAGES)("$name: accessible in light and dark, wide and narrow", (entry) =>
  inTab(entry, async (page) => {
    await page.setViewportSize(WIDE);
    await page.goto(entry.url(fixtures));
    const problems: string[] = [];
    for (const { size, colorScheme, rules } of VIEWS) {
      const view = `${size.width} px, ${colorScheme}`;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      problems.push(...(await accessibilityProblems(page, rules)).map((problem) => `${view}: ${problem}`));
      if (size === WIDE) problems.push(...(await layoutShifts(page)));
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      if (content > window) problems.push(`${view}: scrolls sideways, ${content} px in ${window} px`);
    }
    expect(problems).toEqual([]);
  }),
);
