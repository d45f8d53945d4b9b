import { expect, test } from "vitest";
import { openBrowser } from "./browser";

/** The example of a storefront: one page on another origin, which uses only the API. */
const { storefront, visitor } = openBrowser();

test("the example lists products, checks out and follows the order", async () => {
  const { page, visit } = await visitor();
  await visit(storefront);
  await page
    .getByRole("button", { name: /^Choose/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Buy" }).click();
  await page.getByText(/Order \d+: confirmed/).waitFor();
  await page.getByLabel("Card").selectOption("A card that is declined");
  await page.getByRole("button", { name: "Buy" }).click();
  await page.getByText(/Order \d+: failed/).waitFor();
  expect(await page.context().cookies()).toEqual([]);
});
