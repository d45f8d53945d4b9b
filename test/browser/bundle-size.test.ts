import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { visitor } = openBrowser();

/** The compressed JavaScript of a page. A phone loads more than 150 KB too slowly. */
const MAX_SCRIPT_BYTES = 150_000;

/** Loads a page for the first time. Returns the compressed size of its scripts in bytes. */
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
  "%s loads less than 150 KB of JavaScript",
  async (path) => {
    const bytes = await scriptsOf(await visitor(), path);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
  },
);
