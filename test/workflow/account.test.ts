import { afterEach, expect, test } from "vitest";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

const signUp = (email: string) =>
  shop.post("/api/auth/sign-up/email", { email, password: "correct horse", name: "New Customer" });

test("signing up makes an account, a session and the event that welcomes, together", async () => {
  const response = await signUp("new@customers.example");
  expect(response.status, await response.clone().text()).toBe(200);
  const [row] = await shop.sql<{ id: string; role: string }>("SELECT id, role FROM users WHERE email = $1", [
    "new@customers.example",
  ]);
  expect(row?.role).toBe("customer");
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
  await signUp("known@customers.example");
  const tryIn = (email: string) => shop.post("/api/auth/sign-in/email", { email, password: "wrong horse" });
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
  expect(twice[0]?.status).toBe(200);
  expect(await problem(twice[1] ?? expect.fail())).toMatchObject({ status: 422, fields: [] });
  expect(await problem(await shop.post("/api/auth/nothing", {}))).toMatchObject({ status: 404, code: "not_found" });
});

test("a forgotten password: a link by email, used once", async () => {
  await signUp("forgot@customers.example");
  await shop.post("/api/auth/request-password-reset", { email: "forgot@customers.example", redirectTo: "/" });
  await shop.settle();
  const email = (await shop.emails("forgot@customers.example")).find(({ subject }) => subject.includes("password"));
  const link = email?.text.match(/https?:\/\/\S+reset-password\S+/)?.[0] ?? "";
  const token = new URL(link).pathname.split("/").at(-1);
  const reset = () => shop.post("/api/auth/reset-password", { newPassword: "battery staple", token });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(400);
  const signIn = await shop.post("/api/auth/sign-in/email", {
    email: "forgot@customers.example",
    password: "battery staple",
  });
  expect(signIn.status).toBe(200);
});
