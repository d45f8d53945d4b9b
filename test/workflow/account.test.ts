import { afterEach, expect, test } from "vitest";
import { Client, RESET, register, resetToken, VERIFY } from "./accounts";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

const signUp = (email: string) => new Client(shop).signUp(email);

test("signing up makes an account; opening the link in the email publishes the registration", async () => {
  const email = "new@customers.example";
  const response = await signUp(email);
  expect(response.status, await response.clone().text()).toBe(200);
  const [row] = await shop.sql<{ id: string; role: string }>("SELECT id, role FROM users WHERE email = $1", [email]);
  expect(row?.role).toBe("customer");
  await shop.settle();
  expect((await shop.emails(email)).map(({ subject }) => subject)).toEqual(["Confirm your email address"]);
  await new Client(shop).follow(email, VERIFY);
  await shop.settle();
  const events = await shop.sql(
    "SELECT id FROM outbox WHERE name = 'user/registered' AND data->>'userId' = $1 AND sent_at IS NOT NULL",
    [row?.id],
  );
  expect(events).toHaveLength(1);
});

test("nobody signs up as a manager", async () => {
  const response = await shop.post("/api/auth/sign-up/email", {
    email: "sly@customers.example",
    password: "correct horse",
    name: "Sly",
    role: "manager",
  });
  const rows = await shop.sql<{ role: string }>("SELECT role FROM users WHERE email = 'sly@customers.example'");
  expect(response.ok ? rows[0]?.role : "customer").toBe("customer");
});

test("a wrong password and an unknown account get the same answer, and after ten attempts none", async () => {
  await register(shop, "known@customers.example");
  const client = new Client(shop);
  const tryIn = (email: string) => client.signIn(email, "wrong horse");
  const [known, unknown] = [await tryIn("known@customers.example"), await tryIn("unknown@customers.example")];
  expect(known.status).toBe(401);
  expect([unknown.status, await unknown.json()]).toEqual([known.status, await known.json()]);
  for (let i = 0; i < 9; i++) await tryIn("known@customers.example");
  const over = await tryIn("known@customers.example");
  expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await problem(over)).toMatchObject({ status: 429, code: "too_many_requests" });
});

test("what cannot be an account is a problem that names the field, like any other of the API", async () => {
  const body = { email: "odd@customers.example", password: "correct horse", name: "Odd" };
  for (const [wrong, fields] of [
    [{ name: "A\u0000B" }, ["name"]],
    [{ name: "\ud800" }, ["name"]],
    [{ name: "x".repeat(201) }, ["name"]],
    [{ name: 7, email: "nobody" }, ["name", "email"]],
  ] as const) {
    const response = await shop.post("/api/auth/sign-up/email", { ...body, ...wrong });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const said = await problem(response);
    expect(said.fields).toEqual(fields);
    expect(said.status).toBeGreaterThanOrEqual(400);
    expect(said.status).toBeLessThan(500);
  }
  expect(await shop.sql("SELECT id FROM users WHERE email = $1", [body.email])).toEqual([]);
  const twice = [await signUp("twice@customers.example"), await signUp("twice@customers.example")];
  expect(twice.map(({ status }) => status)).toEqual([200, 200]);
  expect(await shop.sql("SELECT id FROM users WHERE email = 'twice@customers.example'")).toHaveLength(1);
  expect(await problem(await shop.post("/api/auth/nothing", {}))).toMatchObject({ status: 404, code: "not_found" });
});

test("a forgotten password: a link by email, used once", async () => {
  const email = "forgot@customers.example";
  const client = await register(shop, email);
  await client.post("/api/auth/request-password-reset", { email, redirectTo: "/" });
  await shop.settle();
  expect((await shop.emails(email)).some(({ text }) => RESET.test(text))).toBe(true);
  const token = await resetToken(shop, email);
  const reset = () => client.post("/api/auth/reset-password", { newPassword: "battery staple", token });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(400);
  expect((await client.signIn(email, "battery staple")).status).toBe(200);
});
