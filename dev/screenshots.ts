import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { ensureBuilt } from "./build";
import { launchChromium } from "./chromium";
import { ALL_PAGES, type FixturePage } from "./fixtures/pages";
import { createFixtures, FIXTURE_ENV, type FixtureShop } from "./fixtures/shop";
import { phase } from "./progress.mjs";
import { scratchDir, startStack } from "./stack";

/**
 * `npm run screenshots`: every page of a shop with data, wide and narrow, light and dark, in `.local/screenshots`.
 * `npm run screenshots -- order` takes the pages with that text in their name.
 */
const OUT = path.resolve(".local/screenshots");
const wanted = process.argv[2] ?? "";
const dir = scratchDir("screenshots");
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await phase("Building the app, if it has changed", async () => ensureBuilt(() => {}));
const stack = await startStack({ dir, mode: "start", env: FIXTURE_ENV, phase });
const browser = await launchChromium();
try {
  const pages = ALL_PAGES.filter(({ name }) => name.includes(wanted));
  const shop = await phase("Filling the shop with orders", () => createFixtures(stack));
  for (const [index, page] of pages.entries())
    await phase(`${index + 1} of ${pages.length}: ${page.name}`, () => shoot(browser, shop, page));
  console.log(`${pages.length * 4} pictures are in ${path.relative(process.cwd(), OUT)}`);
} finally {
  await browser.close();
  await stack.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);

async function shoot(browser: Browser, shop: FixtureShop, { name, url, cookies }: FixturePage): Promise<void> {
  const context = await browser.newContext({ storageState: { cookies: cookies(shop), origins: [] } });
  const page = await context.newPage();
  for (const [size, width] of [
    ["wide", 1280],
    ["narrow", 390],
  ] as const) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(url(shop), { waitUntil: "load" });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const file = path.join(OUT, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
    }
  }
  await context.close();
}
