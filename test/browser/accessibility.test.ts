import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ALL_PAGES as EVERY_PAGE } from "@/dev/fixtures/pages";
import { type FixtureShop as LivelyShop, createFixtures as makeLively } from "@/dev/fixtures/shop";
import { accessibilityProblems } from "./axe";
import { openBrowser } from "./browser";

/** Every page, in each state that it looks different in: the shop's and the console's, and those of the stand-ins. */
const { shop, visitor } = openBrowser();
let lively: LivelyShop;
beforeAll(async () => {
  lively = await makeLively(shop);
});

const WIDE = { width: 1280, height: 900 };
/** The narrowest phone that is still about. */
const NARROW = { width: 360, height: 780 };

test("no page of the app is left out here", () => {
  const paths = EVERY_PAGE.map((sight) => new URL(sight.url(lively))).flatMap(({ origin, pathname }) =>
    origin === shop.app ? [pathname] : [],
  );
  const files = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) => /\bpage\.tsx$/.test(file));
  const missing = files.filter((file) => {
    const parts = path
      .dirname(file)
      .split(path.sep)
      .filter((part) => !/^(\.|\(.+\))$/.test(part));
    const pattern = new RegExp(`^/${parts.map((part) => (part.startsWith("[") ? "[^/]+" : part)).join("/")}$`);
    return !paths.some((one) => pattern.test(one));
  });
  expect(files.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test.concurrent.each(EVERY_PAGE)("$name: everybody can use it, light and dark, wide and narrow", async (sight) => {
  const { page, close } = await visitor({ storageState: { cookies: sight.cookies(lively), origins: [] } });
  await page.goto(sight.url(lively));
  const wrong: string[] = [];
  for (const [size, viewport] of Object.entries({ WIDE, NARROW })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      wrong.push(...(await accessibilityProblems(page)).map((problem) => `${size} ${colorScheme} ${problem}`));
    }
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (content > window) wrong.push(`${size}: scrolls sideways, ${content} px in ${window} px`);
  }
  expect(wrong).toEqual([]);
  await close();
});
