import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { visitor } = openBrowser();

/** What a shop can afford that is to be quick on a phone: 150 KB of JavaScript, as it goes over the wire. */
const LIMIT = 150_000;

/** Loads a page for the first time, and counts the bytes of all scripts that came, compressed as they were. */
async function scriptsOf({ page }: Awaited<ReturnType<typeof visitor>>, path: string): Promise<number> {
  const scripts: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script")
      scripts.push(
        request.response().then(async (response) => {
          expect(response?.headers()["content-encoding"], request.url()).toMatch(/gzip|br|zstd/);
          return (await request.sizes()).responseBodySize;
        }),
      );
  });
  await page.goto(path, { waitUntil: "networkidle" });
  return (await Promise.all(scripts)).reduce((sum, bytes) => sum + bytes, 0);
}

test.each(["/", "/?q=kettle", "/products/prod_001", "/cart", "/sign-in", "/sign-up"])(
  "%s ships less than 150 KB of JavaScript",
  async (path) => {
    const bytes = await scriptsOf(await visitor(), path);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(LIMIT);
  },
);
