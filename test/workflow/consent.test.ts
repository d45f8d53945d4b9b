import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { join, type Member, oneClick, reportEvent } from "./member";
import { signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

const shop = openShop({ only: ["email-drip-campaign", "process-order", "deliver-queued-email", "daily-digest"] });
afterEach(audit);

const linkOf = async (member: Member) =>
  /<(.+)>/.exec((await member.emails())[0]?.headers["List-Unsubscribe"] ?? "")?.[1] ?? "";
const post = (link: string, choice: string) => fetch(link, { method: "POST", body: new URLSearchParams({ choice }) });
const preferences = async (member: Member) => {
  const { preferences } = await member.read<{ preferences: object }>(member.fetch("/api/account"));
  return preferences;
};
const confirmedFor = async (member: Member) => {
  await member.order();
  await shop.clock.advance(MINUTE);
  return (await member.subjects()).some((subject) => subject.includes("is confirmed"));
};

test("the page shows the category, and only its buttons change it: unsubscribe, unsubscribe from all, subscribe again", async () => {
  const nora = await join(shop);
  const link = await linkOf(nora);
  for (let i = 0; i < 2; i++) {
    const page = await (await fetch(link)).text();
    expect(page).toContain("Unsubscribe?");
    expect(page).toContain(nora.email);
  }
  expect(await preferences(nora)).toEqual({ marketing: true, product_news: true, digest: true });
  expect(await (await post(link, "this")).text()).toContain("You are unsubscribed");
  expect(await preferences(nora)).toEqual({ marketing: true, product_news: false, digest: true });
  await post(link, "all");
  expect(await preferences(nora)).toEqual({ marketing: false, product_news: false, digest: false });
  await post(link, "again");
  expect(await preferences(nora)).toEqual({ marketing: false, product_news: true, digest: false });
  const headers = (await fetch(link)).headers;
  expect(headers.get("referrer-policy")).toBe("same-origin");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("one click works in both encodings, without a cookie; a second click changes nothing and publishes nothing", async () => {
  const nora = await join(shop);
  const [welcome] = await nora.emails();
  const form = new FormData();
  form.set("List-Unsubscribe", "One-Click");
  expect((await fetch(await linkOf(nora), { method: "POST", body: form })).status).toBe(200);
  expect((await oneClick(welcome)).status).toBe(200);
  const events = await shop.sql(
    "SELECT data FROM outbox WHERE name = 'user/unsubscribed' AND data->>'userId' = $1 AND sent_at IS NOT NULL",
    [nora.id],
  );
  expect(events).toEqual([{ data: { userId: nora.id, category: "product_news" } }]);
});

test("a missing, forged, changed or foreign token changes nothing, and the answer says why", async () => {
  const nora = await join(shop);
  const token = new URL(await linkOf(nora)).searchParams.get("token") ?? "";
  const [, signature] = token.split(".");
  const payload = { payload: { address: "boss@steadfast.example", category: "marketing" } };
  const forged = `${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
  const endpoint = `${shop.app}/api/unsubscribe`;
  for (const [query, status, code] of [
    ["", 422, "validation_failed"],
    ["?token=", 400, "link_invalid"],
    [`?token=${forged}`, 400, "link_invalid"],
    [`?token=${token.slice(0, -2)}`, 400, "link_invalid"],
    [`?token=${createHmac("sha256", "guess").update("x").digest("hex")}`, 400, "link_invalid"],
  ] as const)
    for (const method of ["GET", "POST"]) {
      const answer = await fetch(endpoint + query, { method });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
      expect(await answer.json()).toMatchObject({ code, errors: [{ path: "token" }] });
    }
  const unknown = await post(await linkOf(nora), "everything");
  expect([unknown.status, await unknown.json()]).toMatchObject([422, { errors: [{ path: "choice" }] }]);
  const page = await fetch(`${endpoint}?token=x`, { headers: { accept: "text/html" } });
  expect([page.status, await page.text()]).toMatchObject([400, expect.stringContaining("This link does not work")]);
  expect(
    await shop.sql("SELECT 1 FROM email_preferences WHERE address IN ($1, 'boss@steadfast.example')", [nora.email]),
  ).toEqual([]);
});

test("after a complaint transactional email still arrives; after a bounce nothing is sent", async () => {
  const [angry, gone] = [await join(shop), await join(shop)];
  await reportEvent(shop, (await angry.emails())[0], "complained");
  await reportEvent(shop, (await gone.emails())[0], "bounced");
  expect(await confirmedFor(angry)).toBe(true);
  expect(await confirmedFor(gone)).toBe(false);
  const saved = await shop.sql("SELECT status FROM emails WHERE kind = 'order_confirmed' AND recipient = $1", [
    gone.email,
  ]);
  expect(saved).toEqual([{ status: "suppressed" }]);
});

test("a manager lets an address that bounced get email again, which is noted; its complaint stays", async () => {
  const [nora, angry] = [await join(shop), await join(shop)];
  const manager = await signedIn(shop);
  const path = ({ id }: Member) => `/api/admin/customers/${id}`;
  await reportEvent(shop, (await nora.emails())[0], "bounced");
  for (const type of ["complained", "bounced"]) await reportEvent(shop, (await angry.emails())[0], type);
  expect(await confirmedFor(nora)).toBe(false);
  expect((await nora.fetch(`${path(nora)}/suppression`, "DELETE")).status).toBe(403);
  expect((await manager.remove("/api/admin/customers/usr_nowhere/suppression")).status).toBe(404);
  // The answer got lost: the manager repeats it.
  for (let i = 0; i < 2; i++)
    expect(await manager.read(manager.remove(`${path(nora)}/suppression`))).toEqual({ suppressed: [] });
  expect(await manager.read(manager.remove(`${path(angry)}/suppression`))).toEqual({ suppressed: ["complained"] });
  expect(await manager.read(manager.get(path(angry)))).toMatchObject({ suppressed: ["complained"] });
  expect(await confirmedFor(nora)).toBe(true);
  const { newestNotes } = await import("@/lib/notes");
  expect(await newestNotes({ userId: nora.id })).toMatchObject([{ text: expect.stringContaining(nora.email) }]);
  const [note] = await shop.sql("SELECT written_by AS by FROM notes WHERE user_id = $1", [nora.id]);
  expect(note).toEqual({ by: manager.id });
  // The mailbox is gone again.
  await reportEvent(shop, (await nora.emails())[1], "bounced");
  expect(await manager.read(manager.get(path(nora)))).toMatchObject({ suppressed: ["bounced"] });
});

test("a manager lets a guest whose address bounced get email again, on the page of any of its emails", async () => {
  const manager = await signedIn(shop);
  const email = "guest.with.a.full.mailbox@customers.example";
  const order = async () => {
    const placed = await shop.checkout(await shop.product(1), { email });
    await shop.clock.advance(MINUTE);
    return placed;
  };
  await order();
  const list = await fetch(`${shop.mailbox}/messages?to=${email}`);
  const { items } = (await list.json()) as { items: { id: string }[] };
  await reportEvent(shop, items[0], "bounced");
  const placed = await order();
  expect(await shop.emails(email)).toHaveLength(1);
  const [silent] = await shop.sql<{ id: string }>(
    "SELECT id FROM emails WHERE recipient = $1 AND status = 'suppressed'",
    [email],
  );
  const path = `/api/admin/emails/${silent?.id}`;
  expect(await manager.read(manager.get(path))).toMatchObject({ suppressed: ["bounced"] });
  expect((await manager.remove("/api/admin/emails/email_nowhere/suppression")).status).toBe(404);
  for (let i = 0; i < 2; i++)
    expect(await manager.read(manager.remove(`${path}/suppression`))).toEqual({ suppressed: [] });
  expect(await manager.read(manager.get(path))).toMatchObject({ suppressed: [] });
  const notes = await shop.sql("SELECT order_id, written_by AS by FROM notes WHERE text LIKE '%' || $1 || '%'", [
    email,
  ]);
  expect(notes).toEqual([{ order_id: placed.id, by: manager.id }]);
  await order();
  expect((await shop.emails(email)).length).toBeGreaterThan(1);
});

test("an address that an operator suppressed gets nothing, in any email case", async () => {
  const email = "Wrong.Person@customers.example";
  await shop.sql("INSERT INTO email_suppressions VALUES (lower($1), 'manual', 'asked by phone', '2026-01-01')", [
    email,
  ]);
  const placed = await shop.checkout(await shop.product(1), { email });
  await shop.clock.advance(MINUTE);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.emails(email)).toEqual([]);
});

test("each type of event is recorded once for an email, also if a webhook comes twice", async () => {
  const nora = await join(shop);
  const [welcome] = await nora.emails();
  for (const type of ["opened", "opened", "clicked", "opened", "complained", "complained"])
    await reportEvent(shop, welcome, type);
  const events = await shop.sql(
    "SELECT e.type FROM email_events e JOIN emails m ON m.id = e.email_id WHERE m.recipient = $1 ORDER BY e.type",
    [nora.email],
  );
  expect(events).toEqual([{ type: "opened" }, { type: "clicked" }, { type: "complained" }]);
  expect(await shop.sql("SELECT reason FROM email_suppressions WHERE address = $1", [nora.email])).toEqual([
    { reason: "complained" },
  ]);
  const published = await shop.sql("SELECT 1 FROM outbox WHERE name = 'email/suppressed' AND data->>'userId' = $1", [
    nora.id,
  ]);
  expect(published).toHaveLength(1);
});

test("a webhook with a wrong signature records nothing", async () => {
  const nora = await join(shop);
  const [welcome] = await nora.emails();
  const body = JSON.stringify({ type: "email.complained", data: { email_id: welcome?.id, to: [nora.email] } });
  const headers = {
    "svix-id": "msg_1",
    "svix-timestamp": String(shop.clock.now() / 1_000),
    "svix-signature": "v1,bm8=",
  };
  expect((await fetch(`${shop.app}/api/webhooks/resend`, { method: "POST", body, headers })).status).toBe(400);
  expect(await shop.sql("SELECT 1 FROM email_suppressions WHERE address = $1", [nora.email])).toEqual([]);
});
