import { afterEach, expect, test } from "vitest";
import { Client, PASSWORD, register, resetToken, VERIFY } from "./accounts";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({
  only: ["email-drip-campaign", "deliver-queued-email"],
  env: { TRUSTED_PROXY_HOPS: "1" },
});
afterEach(audit);

let count = 0;
const newEmail = () => `person${++count}@customers.example`;
const ask = (client: Client, email: string) =>
  client.post("/api/auth/request-password-reset", { email, redirectTo: "/reset-password" });
const reset = (client: Client, token: string, newPassword = "battery staple") =>
  client.post("/api/auth/reset-password", { token, newPassword });
const isSignedIn = async (client: Client) => (await client.fetch("/api/account")).status === 200;

test("a new account has no session until the link in the email is opened, which also publishes the registration", async () => {
  const [email, client] = [newEmail(), new Client(shop)];
  expect((await client.signUp(email)).status).toBe(200);
  expect(await isSignedIn(client)).toBe(false);
  expect(await problem(await client.signIn(email))).toMatchObject({ status: 403, code: "email_not_verified" });
  const published = () =>
    shop.sql(
      "SELECT 1 FROM outbox o JOIN users u ON o.data->>'userId' = u.id WHERE o.name = 'user/registered' AND u.email = $1",
      [email],
    );
  await shop.clock.advance(2 * 24 * HOUR);
  expect(await published()).toEqual([]);
  expect(await shop.sql("SELECT 1 FROM emails WHERE recipient = $1 AND category <> 'transactional'", [email])).toEqual(
    [],
  );
  // The first link has expired. Signing in has the shop send a new one.
  expect((await client.follow(email, VERIFY)).headers.get("location")).toContain("error=TOKEN_EXPIRED");
  await client.signIn(email);
  expect((await client.follow(email, VERIFY)).headers.get("location")).toMatch(/^\/sign-in\?verified=1$/);
  expect(await isSignedIn(client)).toBe(false);
  expect((await client.signIn(email)).status).toBe(200);
  expect(await isSignedIn(client)).toBe(true);
  await client.follow(email, VERIFY);
  await shop.settle();
  expect(await published()).toHaveLength(1);
  expect(
    await shop.sql("SELECT kind FROM emails WHERE recipient = $1 AND category <> 'transactional'", [email]),
  ).toEqual([{ kind: "drip_welcome" }]);
});

test("an unverified account can create neither webhooks nor push subscriptions, and its session would be nobody's", async () => {
  const email = newEmail();
  const client = await register(shop, email);
  await shop.sql("UPDATE users SET email_verified = false WHERE email = $1", [email]);
  expect(await isSignedIn(client)).toBe(false);
  const body = { url: "https://partner.example/hook", events: ["order.confirmed"] };
  expect((await client.post("/api/account/webhooks", body)).status).toBe(401);
  expect((await client.fetch("/api/account/push-subscriptions")).status).toBe(401);
});

test("a stranger who signs up with the address of another person keeps nothing when its owner resets the password", async () => {
  const [email, stranger, owner] = [newEmail(), new Client(shop, "203.0.113.1"), new Client(shop)];
  await stranger.signUp(email, { name: "Stranger", password: "stranger's own" });
  await ask(owner, email);
  expect((await reset(owner, await resetToken(shop, email))).status).toBe(200);
  expect((await stranger.signIn(email, "stranger's own")).status).toBe(401);
  expect((await owner.signIn(email, "battery staple")).status).toBe(200);
  expect(await isSignedIn(owner)).toBe(true);
  const [user] = await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]);
  expect(await shop.sql("SELECT 1 FROM webhook_endpoints WHERE user_id = $1", [user?.id])).toEqual([]);
  expect(await shop.sql("SELECT 1 FROM outbox WHERE id = $1", [`user-registered:${user?.id}`])).toHaveLength(1);
});

test("who signs up again before the first link was opened gets a link to choose a password", async () => {
  const [email, stranger, owner] = [newEmail(), new Client(shop, "203.0.113.1"), new Client(shop)];
  await stranger.signUp(email, { password: "stranger's own" });
  expect((await owner.signUp(email)).status).toBe(200);
  expect((await reset(owner, await resetToken(shop, email), PASSWORD)).status).toBe(200);
  expect((await owner.signIn(email)).status).toBe(200);
});

test("signing up, resetting and asking for a link answer the same for known and unknown addresses, in words and time", async () => {
  const [known, client] = [newEmail(), new Client(shop)];
  await register(shop, known);
  const timed = async (answer: () => Promise<Response>) => {
    const started = performance.now();
    const response = await answer();
    const ms = performance.now() - started;
    const text = (await response.text()).replace(/"(id|email|createdAt|updatedAt)":"[^"]*"/g, "");
    return { ms, answer: [response.status, text, [...response.headers.keys()].sort()] };
  };
  for (const call of [
    (email: string) => client.signUp(email),
    (email: string) => ask(client, email),
    (email: string) => client.post("/api/auth/send-verification-email", { email }),
    (email: string) => client.signIn(email, "wrong horse"),
  ]) {
    const [one, other] = [await timed(() => call(known)), await timed(() => call(newEmail()))];
    expect(one.answer).toEqual(other.answer);
    if (!call.toString().includes("signIn")) expect(Math.min(one.ms, other.ms)).toBeGreaterThanOrEqual(400);
  }
  // The owner of the address learns of it, and nobody else.
  await shop.clock.advance(MINUTE);
  expect((await shop.emails(known)).map(({ subject }) => subject)).toContain("You already have an account");
});

test("no answer holds a session token", async () => {
  const email = newEmail();
  const client = await register(shop, email);
  const answers = [
    await client.signUp(newEmail()),
    await client.signIn(email),
    await client.fetch("/api/auth/get-session"),
    await client.fetch("/api/auth/list-sessions"),
    await client.post("/api/auth/change-password", { currentPassword: PASSWORD, newPassword: "battery staple" }),
    await client.fetch("/api/auth/get-session"),
  ];
  const tokens = await shop.sql<{ token: string }>("SELECT token FROM sessions");
  for (const answer of answers) {
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    expect(text).not.toMatch(/"token"/);
    for (const { token } of tokens) expect(text).not.toContain(token);
  }
  expect(await isSignedIn(client)).toBe(true);
});

test("changing the password ends all other sessions and all reset links, whatever the request says", async () => {
  const email = newEmail();
  const [here, there] = [await register(shop, email), new Client(shop)];
  await there.signIn(email);
  await ask(there, email);
  const token = await resetToken(shop, email);
  const body = { currentPassword: PASSWORD, newPassword: "battery staple", revokeOtherSessions: false };
  expect((await here.post("/api/auth/change-password", body)).status).toBe(200);
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
  expect((await reset(there, token, "tricky battery")).status).toBe(400);
  await shop.clock.advance(MINUTE);
  expect((await shop.emails(email)).map(({ subject }) => subject)).toContain("Your password was changed");
});

test("a reset ends every session and every other reset link, and notifies the owner", async () => {
  const email = newEmail();
  const [owner, other] = [await register(shop, email), new Client(shop)];
  for (let i = 0; i < 3; i++) await ask(owner, email);
  const tokens = [await resetToken(shop, email, 0), await resetToken(shop, email, 1), await resetToken(shop, email, 2)];
  expect(new Set(tokens).size).toBe(3);
  expect((await reset(other, tokens[1] ?? "")).status).toBe(200);
  for (const token of tokens) expect((await reset(other, token, "tricky battery")).status).toBe(400);
  expect(await isSignedIn(owner)).toBe(false);
  await shop.clock.advance(MINUTE);
  expect((await shop.emails(email)).map(({ subject }) => subject)).toContain("Your password was changed");
  // The database holds no token that could be used as it is.
  await ask(owner, email);
  await shop.clock.advance(HOUR);
  const rows = await shop.sql<{ identifier: string }>("SELECT identifier FROM verifications");
  for (const { identifier } of rows) expect(identifier).not.toContain("reset-password");
});

const COMMON_PASSWORDS = [
  ...[
    "password",
    "Password1",
    "P@ssw0rd!",
    "12345678",
    "qwertyuiop",
    "iloveyou1",
    "aaaaaaaaaa",
    "12341234",
    "letmein123",
  ],
  ...["Summer2024!", "steadfast1", "customers.example"],
];

test("a common password is refused wherever one is chosen", async () => {
  const email = newEmail();
  const client = await register(shop, email);
  await ask(client, email);
  const token = await resetToken(shop, email);
  const refused = { status: 422, fields: ["password"] };
  const signUp = (person: { email: string; name?: string; password: string }, address: string) =>
    new Client(shop, address).signUp(person.email, person);
  await Promise.all(
    COMMON_PASSWORDS.map(async (password, index) => {
      const address = `192.0.2.${index + 1}`;
      expect(await problem(await signUp({ email: newEmail(), password }, address)), password).toMatchObject(refused);
      // All places check a password with the same function. The attempts of one account are limited.
      if (index % 3 > 0) return;
      const other = new Client(shop, address);
      for (const [name, value] of client.cookies) other.cookies.set(name, value);
      const change = { currentPassword: PASSWORD, newPassword: password };
      const changed = await other.post("/api/auth/change-password", change);
      expect(await problem(changed), password).toMatchObject({ status: 422 });
      expect(await problem(await reset(other, token, password)), password).toMatchObject({ status: 422 });
    }),
  );
  expect((await client.signIn(email)).status).toBe(200);
  const own = { email: newEmail(), name: "Eleonora Fitzgerald" };
  for (const password of [own.email, "eleonorafitzgerald"])
    expect(await problem(await signUp({ ...own, password }, "192.0.2.99")), password).toMatchObject(refused);
});
