import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { visitor } = openBrowser();

test.each(["/", "/products/prod_001"])("a link to %s has a picture in messages and social networks", async (path) => {
  const { page, visit } = await visitor();
  await visit(path);
  const url = (await page.locator('meta[property="og:image"]').getAttribute("content")) ?? "";
  const image = await page.request.get(url);
  expect([image.status(), image.headers()["content-type"]]).toEqual([200, "image/png"]);
  // The width and the height are in the first chunk of a PNG (w3.org/TR/png, 11.2.1).
  const bytes = await image.body();
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
});

test("a product that does not exist has no picture", async () => {
  const { page } = await visitor();
  await page.goto("/products/prod_001");
  const url = (await page.locator('meta[property="og:image"]').getAttribute("content")) ?? "";
  expect((await page.request.get(url.replace("prod_001", "prod_none"))).status()).toBe(404);
});
