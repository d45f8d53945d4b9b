import { afterEach, expect, test } from "vitest";
import { Client, register, VERIFY } from "./accounts";
import { signedIn } from "./operator";
import { audit, openShop, SECOND } from "./shop";

const shop = openShop();
afterEach(audit);

const password = "correct horse";
const post = (path: string, body: object) => shop.post(`/api/auth/${path}`, body);

test.each([
  ["a@xn--e1afmkfd.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai"],
  [" Info@BÜCHER.example ", "info@xn--bcher-kva.example"],
  ["a&b@customers.example", "a&b@customers.example"],
  ["用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"],
])("an order with the address %j is confirmed by email to %j", async (email, stored) => {
  const placed = await shop.checkout(await shop.product(1), { email });
  await shop.finish(placed);
  expect(await shop.sql("SELECT email FROM orders WHERE id = $1", [placed.id])).toEqual([{ email: stored }]);
  expect(await shop.emails(stored)).toContainEqual(
    expect.objectContaining({ subject: expect.stringContaining("confirmed") }),
  );
});

test.each([
  ["Nora&Kim@пример.рф", "nora&kim@xn--e1afmkfd.xn--p1ai", "nora&kim@XN--E1AFMKFD.xn--p1ai\u00a0"],
  ["info@bücher.example", "info@xn--bcher-kva.example", "INFO@Bu\u0308cher.example"],
])(
  "an account for %j: it signs in with any form of its address, and resets its password",
  async (email, stored, form) => {
    for (const address of [email, form]) {
      const answer = await post("sign-up/email", { email: address, password, name: "Nora" });
      expect(answer.status, await answer.clone().text()).toBe(200);
      expect(await answer.json()).toMatchObject({ user: { email: stored } });
    }
    expect(await shop.sql("SELECT email FROM users WHERE email = $1", [stored])).toHaveLength(1);
    expect((await post("sign-in/email", { email: form, password })).status).toBe(403);
    expect((await new Client(shop).follow(stored, VERIFY)).status).toBe(302);
    const session = await post("sign-in/email", { email: form, password });
    expect(await session.json()).toMatchObject({ user: { email: stored } });
    const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]);
    const account = await fetch(`${shop.app}/api/account`, { headers: { cookie: cookie.join("; ") } });
    expect(await account.json()).toMatchObject({ email: stored });
    expect((await post("sign-in/email", { email: `x${form}`, password })).status).toBe(401);
    expect((await post("request-password-reset", { email: form, redirectTo: "/" })).status).toBe(200);
    await shop.settle();
    expect((await shop.emails(stored)).some(({ subject }) => subject.includes("password"))).toBe(true);
    const [user] = await shop.sql<{ email: string }>("SELECT email FROM users WHERE email LIKE '%alias%'");
    expect(user).toBeUndefined();
  },
);

test("a changed address is stored without its alias, and the former one no longer signs in", async () => {
  const [former, email, stored] = ["a&b@former.example", "Neu&Alt@пример.рф", "neu&alt@xn--e1afmkfd.xn--p1ai"];
  const client = await register(shop, former);
  await shop.clock.advance(SECOND);
  expect((await client.post("/api/auth/change-email", { newEmail: email })).status).toBe(200);
  for (const address of [former, stored]) expect((await client.follow(address, VERIFY)).status).toBe(302);
  expect((await client.signIn(former)).status).toBe(401);
  expect(await (await client.signIn(email)).json()).toMatchObject({ user: { email: stored } });
});

test("what is no address is refused with the field's name, also with NUL or as the alias of another address", async () => {
  const alias = `x${Buffer.from("a&b@customers.example").toString("hex")}@alias.invalid`;
  for (const email of ["nobody", "a@b", "no\u0000ra@customers.example", "a@127.0.0.1", alias])
    for (const path of ["sign-up/email", "sign-in/email", "request-password-reset"]) {
      const response = await post(path, { email, password, name: "Nora" });
      expect([path, email, response.status]).toEqual([path, email, email.includes("\u0000") ? 422 : 400]);
    }
});

test("a coupon for one customer fits each form of the address, and the console finds them by each form", async () => {
  const manager = await signedIn(shop);
  const coupon = { kind: "percent", percent: 10, email: "Kim@Straße.example ", code: "FOR-KIM" };
  await manager.read(manager.post("/api/admin/coupons", coupon), 201);
  const email = "kim@stra\u00dfe.example";
  const placed = await shop.checkout(await shop.product(1), { email, couponCode: "FOR-KIM" });
  await shop.finish(placed);
  for (const q of [email, "kim@xn--strae-oqa.example"]) {
    const orders = await manager.read<{ items: { id: string }[] }>(
      manager.get(`/api/admin/orders?q=${encodeURIComponent(q)}`),
    );
    expect(orders.items.map(({ id }) => id)).toEqual([placed.id]);
    const emails = await manager.read<{ items: object[] }>(
      manager.get(`/api/admin/emails?to=${encodeURIComponent(q)}`),
    );
    expect(emails.items.length).toBeGreaterThan(0);
  }
});
