import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { ensureBuilt } from "./build";
import { launchChromium } from "./chromium";
import { ALL_PAGES, type FixturePage } from "./fixtures/pages";
import { createFixtures, FIXTURE_ENV, type FixtureShop } from "./fixtures/shop";
import { phase } from "./progress.mjs";
import { scratchDir, startStack } from "./stack";

/**
 * `npm run screenshots`: every page of a shop with data, wide and narrow, light and dark, in `.local/screenshots`.
 * `npm run screenshots -- order` takes the pages with that text in their name. `-- --readme` takes those of the README.
 */
const OUT = path.resolve(".local/screenshots");
/** The pictures of the README, in `docs/images`, by the names of their pages. */
const README = { shop: "shop", order: "order-waiting", run: "run", console: "console" };
const README_OUT = "docs/images";
const { values, positionals } = parseArgs({ allowPositionals: true, options: { readme: { type: "boolean" } } });
const [wanted = ""] = positionals;
const dir = scratchDir("screenshots");
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await phase("Building the app, if it has changed", async () => ensureBuilt(() => {}));
const stack = await startStack({ dir, mode: "start", env: FIXTURE_ENV, phase });
const browser = await launchChromium();
try {
  const pages = ALL_PAGES.filter(({ name }) => name.includes(wanted));
  const shop = await phase("Filling the shop with orders", () => createFixtures(stack));
  if (values.readme) {
    for (const [picture, name] of Object.entries(README))
      await phase(`${README_OUT}/${picture}.webp`, () => takeForReadme(browser, shop, picture, name));
  } else
    for (const [index, page] of pages.entries())
      await phase(`${index + 1} of ${pages.length}: ${page.name}`, () => shoot(browser, shop, page));
  if (!values.readme) console.log(`${pages.length * 4} pictures are in ${path.relative(process.cwd(), OUT)}`);
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

/** Takes the upper part of a page as a small WebP, which the browser itself encodes. */
async function takeForReadme(browser: Browser, shop: FixtureShop, picture: string, name: string): Promise<void> {
  const entry = ALL_PAGES.find((one) => one.name === name);
  if (!entry) throw new Error(`There is no page "${name}".`);
  const storageState = { cookies: entry.cookies(shop), origins: [] };
  const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  await page.goto(entry.url(shop), { waitUntil: "load" });
  const png = (await page.screenshot({ animations: "disabled" })).toString("base64");
  const encoder = await browser.newPage();
  const webp = await encoder.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, png);
  mkdirSync(README_OUT, { recursive: true });
  writeFileSync(path.join(README_OUT, `${picture}.webp`), Buffer.from(webp));
  await encoder.close();
  await context.close();
}
