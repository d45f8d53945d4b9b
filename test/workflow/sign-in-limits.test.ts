import { afterEach, expect, test } from "vitest";
import { Client, links, newestLink, PASSWORD, RESET, register } from "./accounts";
import { problem } from "./problem";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** Guesses of passwords and requests for emails are limited by client. Nobody can lock an owner out. */
const shop = openShop({
  only: ["email-drip-campaign", "deliver-queued-email"],
  env: { TRUSTED_PROXY_HOPS: "1" },
});
afterEach(audit);

let count = 0;
const newEmail = () => `person${++count}@customers.example`;
const ask = (client: Client, email: string) =>
  client.post("/api/auth/request-password-reset", { email, redirectTo: "/reset-password" });

test("every request that confirms a password is limited", async () => {
  for (const [path, body] of [
    ["change-password", { currentPassword: "wrong horse", newPassword: "battery staple" }],
    ["delete-user", { password: "wrong horse" }],
    ["verify-password", { password: "wrong horse" }],
  ] as const) {
    const client = await register(shop, newEmail());
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await client.post(`/api/auth/${path}`, body)).status);
    // An endpoint that does not exist needs no limit.
    expect(statuses.at(-1), path).toSatisfy((status: number) => status === 429 || status === 404);
    expect(statuses.slice(0, 10), path).not.toContain(429);
  }
});

test("a stranger's wrong guesses and resets do not lock the owner out", async () => {
  const email = newEmail();
  const [owner, stranger] = [await register(shop, email), new Client(shop, "203.0.113.7")];
  for (let i = 0; i < 10; i++) expect((await stranger.signIn(email, `guess ${i}`)).status).toBe(401);
  const refused = await stranger.signIn(email, PASSWORD);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await problem(refused)).toMatchObject({ status: 429, code: "too_many_requests" });
  for (let i = 0; i < 5; i++) await ask(stranger, email);
  // From another address, and with a device that the account knows also from the stranger's address.
  expect((await new Client(shop, "198.51.100.9").signIn(email)).status).toBe(200);
  const sameNetwork = new Client(shop, stranger.address);
  for (const [name, value] of owner.cookies) if (!name.includes("session")) sameNetwork.cookies.set(name, value);
  expect((await sameNetwork.signIn(email)).status).toBe(200);
  const before = (await links(shop, email, RESET)).length;
  expect((await ask(sameNetwork, email)).status).toBe(200);
  expect(await links(shop, email, RESET)).toHaveLength(before + 1);
  // A device is known to its own account only, and a forged one to none.
  const victim = newEmail();
  await register(shop, victim);
  for (let i = 0; i < 10; i++) await stranger.signIn(victim, "wrong horse");
  expect((await sameNetwork.signIn(victim)).status).toBe(429);
  // A known device is limited too.
  for (let i = 0; i < 10; i++) await sameNetwork.signIn(email, "wrong horse");
  expect((await sameNetwork.signIn(email)).status).toBe(429);
  await shop.clock.advance(16 * MINUTE);
  expect((await sameNetwork.signIn(email)).status).toBe(200);
});

test("guesses for many accounts from one address are limited; a person who signs in often is not", async () => {
  const stranger = new Client(shop, "203.0.113.8");
  const guess = async (i: number) => (await stranger.signIn(`nobody${i}@customers.example`)).status;
  await shop.sql("DELETE FROM rate_limits");
  expect(await guess(0)).toBe(401);
  // 96 more guesses, without the time that checking a password takes. An address has a slot each nine seconds.
  const soon = new Date(shop.clock.now() + 10 * SECOND);
  const counted = "UPDATE rate_limits SET tat = tat + 96 * interval '9 seconds' WHERE tat < $1 RETURNING key";
  expect(await shop.sql(counted, [soon])).toHaveLength(1);
  expect([await guess(97), await guess(98), await guess(99), await guess(100)]).toEqual([401, 401, 401, 429]);
  const email = newEmail();
  const person = await register(shop, email, "Nora", new Client(shop, "203.0.113.9"));
  for (let i = 0; i < 15; i++) expect((await person.signIn(email)).status).toBe(200);
});

test("one address gets a bounded number of account emails, however many clients ask", async () => {
  const email = newEmail();
  await register(shop, email);
  const clients = Array.from({ length: 30 }, (_, i) => new Client(shop, `203.0.113.${100 + i}`));
  const statuses = await Promise.all(clients.map(async (client) => (await ask(client, email)).status));
  expect(statuses).toEqual(Array(30).fill(200));
  expect((await links(shop, email, RESET)).length).toBeLessThanOrEqual(20);
  const link = await newestLink(shop, email, RESET);
  expect((await new Client(shop).fetch(link)).headers.get("location")).toContain("token=");
});
