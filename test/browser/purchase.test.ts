import { expect, test } from "vitest";
import { signIn } from "@/dev/fixtures/session";
import { isInteractive, openBrowser } from "./browser";
import { buy, fillIn, newEmail, toCheckout, typeAddress } from "./buying";

const { shop, receivedEmail, signedIn, visitor } = openBrowser();

test("a purchase: catalogue, product, cart, checkout, and an order page that updates to confirmed", async () => {
  const { page, visit, inspect } = await visitor();
  await visit("/");
  await visit("/cart");
  await toCheckout(page, "Stoneware mug");
  await inspect();
  const email = newEmail();
  await fillIn(page, email, "Visa that works");
  await page.getByRole("button", { name: /^Pay €18.00/ }).click();
  await page.getByText("Confirmed", { exact: true }).waitFor();
  await inspect();
  expect((await receivedEmail(email, /is confirmed/)).text).toContain("Stoneware mug");
});

test("the answer to a checkout with a coupon is lost: the customer presses again, and gets the same order", async () => {
  const manager = await signedIn("manager");
  const coupon = await manager.page.request.post("/api/admin/coupons", { data: { kind: "percent", percent: 5 } });
  const { code } = await coupon.json();
  const { page } = await visitor();
  await toCheckout(page, "Stoneware mug");
  await isInteractive(page);
  const email = newEmail("lost");
  await fillIn(page, email, "Visa that works");
  await page.getByLabel("Coupon (optional)").fill(code);
  await page.getByRole("button", { name: "Apply" }).click();
  const pay = page.getByRole("button", { name: "Pay €17.10" });
  await pay.waitFor();
  let isLost = false;
  await page.route("**/checkout", async (route) => {
    if (route.request().method() !== "POST" || isLost) return route.fallback();
    isLost = true;
    await route.fetch({ maxRedirects: 0 });
    await route.abort();
  });
  await pay.click();
  await page.getByText("The connection was lost").waitFor();
  await pay.click();
  await page.waitForURL("**/orders/**");
  await page.getByText("Confirmed", { exact: true }).waitFor();
  const search = `/api/admin/orders?q=${encodeURIComponent(email)}`;
  expect((await (await manager.page.request.get(search)).json()).items).toHaveLength(1);
});

test("the list of products leads to more of them and back to its first page, with its order", async () => {
  const { page, visit, inspect } = await visitor();
  await visit("/?sort=-price");
  const names = () => page.getByRole("heading", { level: 2 }).allTextContents();
  const first = await names();
  await page.getByRole("link", { name: "More products" }).click();
  const back = page.getByRole("link", { name: "First page" });
  await back.waitFor();
  const [next = ""] = await names();
  expect(next).not.toBe("");
  expect(first).not.toContain(next);
  await inspect();
  await back.click();
  await page.waitForURL((url) => url.search === "?sort=-price");
  await page.getByRole("heading", { level: 2, name: first[0], exact: true }).waitFor();
  expect(await names()).toEqual(first);
});

test("the cart survives a reload, and its quantities can be changed", async () => {
  const { page, inspect } = await visitor();
  await page.goto("/products/prod_005");
  await page.getByLabel("Quantity").selectOption("3");
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
  await page.reload();
  await inspect();
  const quantity = page.getByLabel(/^Quantity of/);
  expect(await quantity.inputValue()).toBe("3");
  await quantity.fill("2");
  await page.getByRole("button", { name: /^Update/ }).click();
  await page.getByText("€11.80").first().waitFor();
  await page.getByRole("button", { name: /^One .* more$/ }).click();
  await page.getByText("€17.70").first().waitFor();
  await page.getByRole("button", { name: /^Remove/ }).click();
  await page.getByText("Your cart is empty.").waitFor();
});

test("a declined card: the page shows the reason, and another card completes the same order", async () => {
  const { page, inspect } = await visitor();
  const email = newEmail();
  await buy(page, "Linen tea towel", email, "Card that is declined");
  await page.getByText("Not completed", { exact: true }).waitFor();
  await inspect();
  await page.getByLabel("Visa that works").check();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Confirmed", { exact: true }).waitFor();
  await receivedEmail(email, /is confirmed/);
});

test.each([
  ["passed", "succeeded", "Confirmed"],
  ["failed", "failed", "Not completed"],
])("3-D Secure %s", async (_name, outcome, end) => {
  const { page, inspect } = await visitor();
  await buy(page, "Kitchen scale", newEmail(), "Card that asks for 3-D Secure");
  await page.getByRole("link", { name: "Go to my bank" }).waitFor();
  await inspect();
  await page.getByRole("link", { name: "Go to my bank" }).click();
  await page.locator(`button[value=${outcome}]`).click();
  await page.waitForURL((url) => url.origin === shop.app);
  await page.getByText(end, { exact: true }).waitFor();
});

test("a sold-out product cannot be added to the cart", async () => {
  const { page, inspect } = await visitor();
  await page.goto("/?q=Cast-iron");
  await page.getByRole("link", { name: "Cast-iron teapot" }).click();
  await page.getByText("This product is sold out.").waitFor();
  expect(await page.getByRole("button", { name: "Add to cart" }).count()).toBe(0);
  await inspect();
});

test("an order is cancelled after a confirmation, and its payment is refunded", async () => {
  const { page, inspect } = await visitor();
  const email = newEmail();
  await buy(page, "Wool blanket", email);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  await page.getByText("Cancel this order").click();
  await inspect();
  await page.getByRole("button", { name: "Yes, cancel the order" }).click();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await page.getByText("€149.00 refunded").waitFor();
  await receivedEmail(email, /is cancelled/);
});

test("an error is shown at its field, and the form keeps its values", async () => {
  const { page, inspect } = await visitor();
  await toCheckout(page, "Brass ballpoint");
  await fillIn(page, "robin@customers.example", "Visa that works");
  await page.getByLabel("Coupon (optional)").fill("NOSUCHCODE");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("alert").filter({ hasText: "coupon" }).waitFor();
  await inspect();
  expect(await page.getByLabel("Email").inputValue()).toBe("robin@customers.example");
});

test("without JavaScript, the purchase leads to a confirmed order", async () => {
  const { page } = await visitor({ javaScriptEnabled: false });
  await buy(page, "Dish brush", newEmail());
  const confirmed = async () => {
    await page.reload();
    return page.getByText("Confirmed", { exact: true }).count();
  };
  await expect.poll(confirmed, { timeout: 20_000 }).toBe(1);
  await page.getByRole("button", { name: "Buy again" }).click();
  await page.getByLabel("Quantity of Dish brush").waitFor();
});

test("a coupon shows the new total before the customer pays, without JavaScript, too, and one of 100 % leaves nothing to pay", async () => {
  const manager = await signIn(shop, "manager");
  for (const javaScriptEnabled of [false, true]) {
    const percent = javaScriptEnabled ? 10 : 100;
    const coupon = await manager.post<{ code: string }>("/api/admin/coupons", {
      ...{ kind: "percent", percent },
    });
    const { page, inspect } = await visitor({ javaScriptEnabled });
    await toCheckout(page, "Dish brush");
    await page.getByLabel("City").fill("Town");
    await page.getByLabel("Coupon (optional)").fill("NOSUCHCODE");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("alert").filter({ hasText: "coupon" }).waitFor();
    await page.getByLabel("Coupon (optional)").fill(coupon.code);
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText(`Coupon ${coupon.code} takes`).waitFor();
    expect(await page.getByLabel("City").inputValue()).toBe("Town");
    if (percent === 100) {
      await page.getByText("There is nothing to pay.").waitFor();
      await typeAddress(page, newEmail());
      await page.getByRole("button", { name: "Place your order" }).click();
    } else {
      await inspect();
      await fillIn(page, newEmail(), "Visa that works");
      await page.getByRole("button", { name: /^Pay/ }).click();
    }
    await page.getByText("Confirmed", { exact: true }).waitFor();
    if (percent === 100) continue;
    await page.getByRole("link", { name: "Receipt" }).click();
    await page.getByRole("heading", { name: /^Receipt for order/ }).waitFor();
    await page.getByText(`Coupon ${coupon.code}`).waitFor();
    await inspect();
  }
});

test("the whole purchase with the keyboard only", async () => {
  const { page } = await visitor();
  await page.goto("/");
  const press = async (key: string, target: string) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { activeElement: element, body } = document;
        // While a page loads, nothing has the focus, and the body contains every text.
        return element === body ? "" : element?.getAttribute("name") || element?.textContent || "";
      });
      if (name.includes(target)) return page.keyboard.press(key);
    }
    throw new Error(`"${target}" cannot be reached by keyboard`);
  };
  await press("Home", "q");
  await page.keyboard.type("ballpoint");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/?q=ballpoint");
  await press("Enter", "Brass ballpoint");
  await page.waitForURL("**/products/**");
  await press("Enter", "Add to cart");
  await page.waitForURL("**/cart");
  await press("Enter", "Go to checkout");
  await page.waitForURL("**/checkout");
  const fields = { email: newEmail("keyboard"), name: "Kim", line1: "Way 2", postalCode: "12345", city: "Town" };
  for (const [name, value] of Object.entries(fields)) {
    await press("Home", name);
    await page.keyboard.type(value);
  }
  await press("Enter", "Pay");
  await page.getByText("Confirmed", { exact: true }).waitFor();
});
