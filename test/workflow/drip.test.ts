import { afterEach, expect, test } from "vitest";
import { join, oneClick, reportEvent, runsOf } from "./member";
import { audit, HOUR, openShop } from "./shop";

const DAY = 24 * HOUR;
const shop = openShop({ only: ["email-drip-campaign", "process-order", "deliver-queued-email"] });
afterEach(audit);

const lastRun = async () => (await runsOf(shop, "email-drip-campaign")).at(-1);

test("a new user who does nothing gets four emails on days 0, 1, 3 and 7, with their name and an unsubscribe link", async () => {
  const joined = shop.clock.now();
  const nora = await join(shop, "Nora Neu");
  await shop.clock.advance(7 * DAY + HOUR);
  const emails = await nora.emails();
  expect(emails.map(({ at }) => Math.round((Date.parse(at) - joined) / HOUR) / 24)).toEqual([0, 1, 3, 7]);
  for (const { text, html, headers } of emails) {
    expect(text).toContain("Hello Nora Neu,");
    expect(headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    const [link] = /https?:[^>]+/.exec(headers["List-Unsubscribe"] ?? "") ?? [];
    expect(html).toContain(`href="${link}"`);
  }
  expect(emails.at(-1)?.text).toContain("we have not seen you since");
  expect(await lastRun()).toMatchObject({ status: "COMPLETED", output: { ended: "complete" } });
});

test("a completed profile and a first order skip one email each and change the last one", async () => {
  const nora = await join(shop);
  await nora.read(nora.fetch("/api/account", "PATCH", { phone: "+49 30 1234" }));
  await shop.clock.advance(2 * DAY);
  expect(await nora.emails()).toHaveLength(1);
  await nora.order();
  await shop.clock.advance(5 * DAY + HOUR);
  const emails = (await nora.emails()).filter(({ headers }) => headers["List-Unsubscribe"]);
  expect(emails).toHaveLength(2);
  expect(emails.at(-1)?.text).toContain("you have ordered since");
  expect(await lastRun()).toMatchObject({
    output: { outcomes: { getting_started: "skipped", features: "skipped", check_in: "sent" } },
  });
});

test("a user who visited and did not order is asked about it in the last email", async () => {
  const nora = await join(shop);
  await nora.read(nora.fetch("/api/products"));
  await shop.clock.advance(7 * DAY + HOUR);
  expect((await nora.emails()).at(-1)?.text).toContain("had a look around");
});

test("one click unsubscribes and ends the campaign during a sleep; opening the link does not", async () => {
  const nora = await join(shop);
  const [welcome] = await nora.emails();
  const link = /<(.+)>/.exec(welcome?.headers["List-Unsubscribe"] ?? "")?.[1] ?? "";
  const shown = await fetch(link);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  await shop.clock.advance(DAY + HOUR);
  expect(await nora.emails()).toHaveLength(2);

  expect((await oneClick(welcome)).status).toBe(200);
  await shop.settle();
  expect(await lastRun()).toMatchObject({ status: "CANCELLED" });
  await shop.clock.advance(8 * DAY);
  expect(await nora.emails()).toHaveLength(2);
  // Transactional email is still sent.
  await nora.order();
  await shop.clock.advance(HOUR);
  expect((await nora.subjects()).at(-1)).toMatch(/is confirmed/);
});

test.each(["bounced", "complained"])("an email that %s ends the campaign at once", async (type) => {
  const nora = await join(shop);
  await reportEvent(shop, (await nora.emails())[0], type);
  expect(await lastRun()).toMatchObject({ status: "CANCELLED" });
  await shop.clock.advance(8 * DAY);
  expect(await nora.emails()).toHaveLength(1);
});

test("unsubscribing from the digest alone does not end the campaign", async () => {
  const nora = await join(shop);
  await nora.read(nora.fetch("/api/account", "PATCH", { preferences: { digest: false } }));
  await shop.clock.advance(DAY + HOUR);
  expect(await nora.emails()).toHaveLength(2);
});

test("an address that unsubscribed before it had an account gets no welcome", async () => {
  const email = "was-here@customers.example";
  await shop.sql("INSERT INTO email_preferences VALUES ($1, 'product_news', false, '2026-01-01')", [email]);
  const nora = await join(shop, "Nora", email);
  expect(await nora.emails()).toEqual([]);
  expect(await lastRun()).toMatchObject({ status: "COMPLETED", output: { ended: "suppressed" } });
});

test("a deleted user gets no more email, and the run ends without retries as gone", async () => {
  const nora = await join(shop);
  await shop.sql("DELETE FROM users WHERE id = $1", [nora.id]);
  await shop.clock.advance(DAY);
  expect(await lastRun()).toMatchObject({ status: "COMPLETED", output: { ended: "account_deleted" } });
  expect(await nora.emails()).toHaveLength(1);
});

test("a queued email that is no longer needed is cancelled", async () => {
  const nora = await join(shop);
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + DAY + HOUR });
  await shop.clock.advance(DAY + 60_000);
  await nora.read(nora.fetch("/api/account", "PATCH", { name: "Nora" }));
  await shop.clock.advance(2 * HOUR);
  expect(await nora.emails()).toHaveLength(1);
  const saved = await shop.sql("SELECT status FROM emails WHERE kind = 'drip_getting_started' AND entity_id = $1", [
    nora.id,
  ]);
  expect(saved).toEqual([{ status: "suppressed" }]);
});

test("a name that contains an address is not repeated in the greeting", async () => {
  const nora = await join(shop, "Win at https://casino.example now");
  const [welcome] = await nora.emails();
  expect(`${welcome?.subject} ${welcome?.text}`).not.toContain("casino");
});
