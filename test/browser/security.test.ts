import { expect, test } from "vitest";
import { openBrowser, type Visitor } from "./browser";
import { newEmail, signIn } from "./buying";

const { shop, sessions, confirmAddress, visitor, signedIn } = openBrowser();

test("a page runs only its own scripts", async () => {
  const { page } = await visitor();
  const response = await page.goto("/");
  const policy = response?.headers()["content-security-policy"] ?? "";
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'(;|$)/);
  const ran = await page.evaluate(() => {
    const script = document.createElement("div");
    script.innerHTML = "<img src=x onerror='document.title=1'>";
    document.body.append(script);
    return new Promise<string>((resolve) =>
      script.firstElementChild?.addEventListener("error", () => resolve(document.title)),
    );
  });
  expect(ran).not.toBe("1");
});

/** Returns a visitor with a new account, on the account page. */
async function newCustomer(name: string): Promise<Visitor> {
  const customer = await visitor();
  await customer.page.goto("/sign-up");
  await customer.page.getByLabel("Name").fill(name);
  const email = newEmail("own");
  await customer.page.getByLabel("Email").fill(email);
  await customer.page.getByLabel("Password").fill("correct horse battery");
  await customer.page.getByRole("button", { name: "Create account" }).click();
  await customer.page.getByText("Check your inbox").waitFor();
  await confirmAddress(customer.page, email);
  await signIn(customer.page, email, "correct horse battery");
  await customer.page.getByRole("heading", { name: `Hello, ${name}` }).waitFor();
  return customer;
}

test("scripts cannot read the session and cart cookies, and forms of other sites do not send them", async () => {
  const { page } = await newCustomer("Cora Cookie");
  await page.goto("/products/prod_005");
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name }) => name)).toContain("steadfast_cart");
  expect(cookies.length).toBeGreaterThan(1);
  for (const { name, httpOnly, sameSite } of cookies) expect([name, httpOnly, sameSite]).toEqual([name, true, "Lax"]);
});

test("a form from another site is rejected, even with the cookies", async () => {
  const { page } = await newCustomer("Sid Session");
  const html = await (await page.request.get("/account")).text();
  const signOut = html.match(/name="(\$ACTION_ID_\w+)"/)?.[1] ?? "";
  const send = (origin: string) =>
    page.request.post("/account", { headers: { origin }, multipart: { [signOut]: "" }, maxRedirects: 0 });
  const hello = async () => /Hello, (<!-- -->)?Sid Session/.test(await (await page.request.get("/account")).text());
  expect((await send("https://evil.example")).status()).toBeGreaterThanOrEqual(400);
  expect(await hello()).toBe(true);
  expect((await send(shop.app)).status()).toBe(303);
  expect(await hello()).toBe(false);
});

test("a console form that a customer submits has no effect", async () => {
  const { page } = await signedIn("manager");
  await page.goto("/console/products");
  await page.getByText("Add a product").click();
  await page.getByLabel("SKU", { exact: true }).fill("SMUGGLED");
  await page.locator("#new-name").fill("Smuggled goods");
  await page.locator("#amount-new").fill("1.00");
  await page.context().clearCookies();
  await page.context().addCookies(sessions.customer.cookies);
  await page.getByRole("button", { name: "Add product" }).click();
  await page.getByText("Page not found").waitFor();
  const { items } = await (await fetch(`${shop.app}/api/products?q=Smuggled`)).json();
  expect(items).toEqual([]);
});
