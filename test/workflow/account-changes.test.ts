import { afterEach, expect, test } from "vitest";
import { emailKey } from "@/lib/email-key";
import { Client, links, PASSWORD, register, resetToken, VERIFY } from "./accounts";
import { problem } from "./problem";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** An account is deleted, its address is changed, and orders follow the address that is verified. */
const shop = openShop();
afterEach(audit);

let count = 0;
const newEmail = (tag = "") => `mover${++count}${tag}@customers.example`;
const userId = async (email: string) =>
  (await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]))[0]?.id;
const ownerOf = async (orderId: string) =>
  (await shop.sql<{ user_id: string | null }>("SELECT user_id FROM orders WHERE id = $1", [orderId]))[0]?.user_id;
const json = (method: string, body: unknown) => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

test("orders of a guest join the account of the same address when it is verified, and later ones at once", async () => {
  const email = newEmail();
  const before = await shop.checkout(await shop.product(1), { email });
  const client = new Client(shop);
  await client.signUp(email);
  expect(await ownerOf(before.id)).toBeNull();
  const meanwhile = await shop.checkout(await shop.product(1), { email });
  expect(await ownerOf(meanwhile.id)).toBeNull();
  await client.follow(email, VERIFY);
  await client.signIn(email);
  const later = await shop.checkout(await shop.product(1), { email });
  const { items } = (await (await client.fetch("/api/account/orders")).json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id).sort()).toEqual([before.id, meanwhile.id, later.id].sort());
  for (const placed of [before, meanwhile, later]) await shop.finish(placed);
});

test("an address is changed after the owners of both have opened a link", async () => {
  const [email, next] = [newEmail(), newEmail()];
  const client = await register(shop, email);
  const other = new Client(shop);
  await other.signIn(email);
  const guest = await shop.checkout(await shop.product(1), { email: next });
  await client.fetch("/api/account", json("PATCH", { preferences: { marketing: false } }));
  await other.post("/api/auth/request-password-reset", { email, redirectTo: "/reset-password" });
  const token = await resetToken(shop, email);
  await shop.clock.advance(SECOND);
  const body = { newEmail: next, callbackURL: "/account" };
  expect((await client.post("/api/auth/change-email", body)).status).toBe(200);
  expect(await links(shop, next, VERIFY)).toEqual([]);
  expect((await client.follow(email, VERIFY)).status).toBe(302);
  expect((await client.signIn(next)).status).toBe(401);
  expect((await client.follow(next, VERIFY)).status).toBe(302);
  expect((await client.signIn(email)).status).toBe(401);
  expect((await other.fetch("/api/account")).status).toBe(401);
  const reset = { token, newPassword: "battery staple" };
  expect((await other.post("/api/auth/reset-password", reset)).status).toBe(400);
  expect((await client.signIn(next)).status).toBe(200);
  expect(await (await client.fetch("/api/account")).json()).toMatchObject({
    email: next,
    preferences: { marketing: false },
  });
  expect(await ownerOf(guest.id)).toBe(await userId(next));
  await shop.finish(guest);
});

test("a change to the address of another account answers the same, and changes nothing", async () => {
  const [email, taken] = [newEmail(), newEmail()];
  const client = await register(shop, email);
  await register(shop, taken);
  const before = (await links(shop, taken, VERIFY)).length;
  const answer = async (newEmail: string) => {
    const response = await client.post("/api/auth/change-email", { newEmail });
    return [response.status, await response.text()];
  };
  expect(await answer(taken)).toEqual(await answer(newEmail()));
  expect(await links(shop, taken, VERIFY)).toHaveLength(before);
});

test("an account is deleted by the link in the email; its orders stay, and its address can sign up again", async () => {
  const email = newEmail();
  const client = await register(shop, email);
  const id = await userId(email);
  const placed = await shop.checkout(await shop.product(1), { email });
  await shop.finish(placed);
  await client.post("/api/account/subscription", { planId: await plan(), paymentMethod: "pm_card_visa" });
  await client.post("/api/expenses", { amount: 100, currency: "EUR", description: "Train" });
  await shop.clock.advance(MINUTE);
  expect((await client.post("/api/auth/delete-user", { password: "wrong horse" })).status).toBe(400);
  expect((await client.post("/api/auth/delete-user", { password: PASSWORD, callbackURL: "/" })).status).toBe(200);
  expect(await userId(email)).toBe(id);
  // The link alone is of no use to whoever else opens it.
  expect((await new Client(shop).follow(email, /delete-user/)).status).toBe(404);
  expect((await client.follow(email, /delete-user/)).status).toBe(302);
  expect((await client.fetch("/api/account")).status).toBe(401);
  expect((await client.signIn(email)).status).toBe(401);
  expect(await ownerOf(placed.id)).toBeNull();
  await shop.clock.advance(20 * MINUTE);
  const [row] = await shop.sql("SELECT * FROM users WHERE id = $1", [id]);
  expect(JSON.stringify(row)).not.toMatch(new RegExp(`${email}|Nora`));
  for (const table of ["accounts", "sessions", "profiles", "customer_search", "webhook_endpoints"])
    expect(await shop.sql(`SELECT 1 FROM ${table} WHERE user_id = $1`, [id]), table).toEqual([]);
  expect(await shop.sql("SELECT status FROM subscriptions WHERE user_id = $1", [id])).toEqual([
    { status: "cancelled" },
  ]);
  expect(await shop.sql("SELECT status FROM expenses WHERE submitter_id = $1", [id])).toEqual([
    { status: "withdrawn" },
  ]);
  expect(await shop.sql("SELECT 1 FROM emails WHERE recipient LIKE '%deleted.invalid' AND status = 'sent'")).toEqual(
    [],
  );
  expect((await shop.order(placed)).status).toBe("confirmed");
  await register(shop, email);
  expect(await userId(email)).not.toBe(id);
});

async function plan(): Promise<string> {
  await shop.sql(
    `INSERT INTO plans (id, name, description, amount, currency, interval, created_at)
     VALUES ('plan_d', 'Plan', 'A plan', 900, 'EUR', 'month', '2026-01-01') ON CONFLICT DO NOTHING`,
  );
  return "plan_d";
}

test("address and email of an order are corrected until it ships; a new email gets a new link, and the old one ends", async () => {
  const placed = await shop.checkout(await shop.product(1), { email: newEmail("typo"), name: "Nora" });
  await shop.clock.advance(15 * SECOND);
  const next = newEmail();
  const shippingAddress = { line1: "New Street 2", city: "Berlin", postalCode: "10115", country: "DE" };
  const correct = (token: string, body: unknown) =>
    fetch(`${shop.app}/api/orders/${placed.id}?token=${token}`, json("PATCH", body));
  const moved = await correct(placed.token, { email: next, shippingAddress });
  expect(moved.status, await moved.clone().text()).toBe(200);
  const { token } = (await moved.json()) as { token: string };
  expect(token).not.toBe(placed.token);
  expect((await correct(placed.token, { name: "Thief" })).status).toBe(404);
  expect((await correct(token, { name: "Nora Neu" })).status).toBe(200);
  expect(await shop.sql("SELECT email, name, shipping_address FROM orders WHERE id = $1", [placed.id])).toEqual([
    { email: next, name: "Nora Neu", shipping_address: shippingAddress },
  ]);
  await shop.clock.advance(MINUTE);
  const [corrected] = (await shop.emails(next)).filter(({ text }) => text.includes("New Street 2"));
  expect(corrected?.text).toContain(token);
  const former = (await shop.emails(placed.email)).find(({ subject }) => /another email address/.test(subject));
  expect(former?.text).not.toMatch(/token=|New Street/);
  for (const [body, status] of [
    [{}, 422],
    [{ email: "nobody" }, 422],
    [{ status: "shipped" }, 422],
    [{ shippingAddress: { ...shippingAddress, country: "Germany" } }, 422],
  ] as const)
    expect((await correct(token, body)).status, JSON.stringify(body)).toBe(status);
  expect((await fetch(`${shop.app}/api/orders/${placed.id}`, json("PATCH", { name: "X" }))).status).toBe(401);
  expect(await shop.cancel({ ...placed, token })).toBe(202);
  expect(await problem(await correct(token, { name: "Late" }))).toMatchObject({
    status: 409,
    code: "order_not_correctable",
  });
  await shop.finish({ ...placed, token });
});

test("one mailbox gets one gift and one limit, whatever its spelling; emails go to the address as typed", async () => {
  const spellings = ["kim@customers.example", "kim+1@customers.example", "Kim+two@customers.example"];
  for (const email of spellings) await shop.finish(await shop.checkout(await shop.product(1), { email }));
  await shop.clock.advance(MINUTE);
  const gifts = await shop.sql<{ email: string }>(
    "SELECT email FROM coupons WHERE gift_email = 'kim@customers.example'",
  );
  expect(gifts).toEqual([{ email: "kim@customers.example" }]);
  expect((await shop.emails("kim+1@customers.example")).some(({ subject }) => /is confirmed/.test(subject))).toBe(true);
  const statuses: number[] = [];
  const items = [{ productId: await shop.product(30), quantity: 1 }];
  for (let i = 0; i < 12; i++) {
    const body = { items, email: `li+${i}@customers.example`, paymentMethod: "pm_card_visa" };
    statuses.push((await shop.post("/api/checkout", body)).status);
  }
  expect(statuses.at(-1)).toBe(429);
  await shop.clock.advance(MINUTE);
});

test("the database and the app agree on the spellings of a mailbox", async () => {
  const addresses = [
    "A@Customers.Example",
    "a+b@customers.example",
    "a+b+c@customers.example",
    "+a@customers.example",
    "a.b@customers.example",
    "a.b+c@gmail.com",
    "a.b@googlemail.com",
    "ab@GMail.com",
    "a.b@notgmail.com",
    "a-b@sub.gmail.com",
  ];
  const rows = await shop.sql<{ address: string; key: string }>(
    "SELECT a AS address, email_key(a) AS key FROM unnest($1::text[]) a",
    [addresses],
  );
  for (const { address, key } of rows) expect([address, key]).toEqual([address, emailKey(address)]);
});

test("a correction whose emails cannot be stored changes nothing, and can be repeated with the old link", async () => {
  const placed = await shop.checkout(await shop.product(1), { email: newEmail("typo") });
  await shop.clock.advance(15 * SECOND);
  const next = newEmail();
  const correct = () =>
    fetch(`${shop.app}/api/orders/${placed.id}?token=${placed.token}`, json("PATCH", { email: next }));
  await shop.sql(`CREATE FUNCTION refuse_email() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'refused'; END $$`);
  await shop.sql(`CREATE TRIGGER refuse_email BEFORE INSERT ON emails FOR EACH ROW
    WHEN (NEW.kind = 'order_moved') EXECUTE FUNCTION refuse_email()`);
  expect((await correct()).status).toBe(500);
  await shop.sql("DROP TRIGGER refuse_email ON emails");
  const repeated = await correct();
  expect(repeated.status, await repeated.clone().text()).toBe(200);
  const { token } = (await repeated.json()) as { token: string };
  await shop.clock.advance(MINUTE);
  expect((await shop.emails(next)).filter(({ text }) => text.includes(token))).toHaveLength(1);
  expect((await shop.emails(placed.email)).filter(({ subject }) => /another email address/.test(subject))).toHaveLength(
    1,
  );
  await shop.finish({ ...placed, token });
});
