import { afterEach, expect, test } from "vitest";
import { onStatement } from "./fault-injection";
import { join, type Member, oneClick, reportEvent, runsOf } from "./member";
import { audit, HOUR, openShop } from "./shop";

const DAY = 24 * HOUR;
const shop = openShop({ only: ["daily-digest", "send-digest", "process-order", "cancel-order", "process-refund"] });
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

/** The test clock starts on a Monday at nine, when the digests of that day go out. */
const nextMorning = () => shop.clock.advance(DAY - ((shop.clock.now() - 9 * HOUR) % DAY) + 60_000);
const digests = async (member: Member) => (await member.emails()).filter(({ subject }) => /^News of/.test(subject));
const runFor = async ({ id }: Member) =>
  (await runsOf(shop, "send-digest")).filter(({ output }) => output?.userId === id).at(-1);

async function cancel(orderId: string) {
  const [order] = await shop.sql<{ token: string }>("SELECT token FROM orders WHERE id = $1", [orderId]);
  expect((await shop.post(`/api/orders/${orderId}/cancel`, { token: order?.token })).status).toBe(202);
}

test("an order of yesterday is in the digest of nine o'clock, and not in the next one", async () => {
  const nora = await join(shop);
  await nora.order();
  await nextMorning();
  const [digest, ...more] = await digests(nora);
  expect(more).toEqual([]);
  expect(digest?.at.slice(11, 16)).toBe("09:00");
  expect(digest?.text).toContain("Hello Nora Neu,");
  expect(digest?.text).toContain("It is confirmed");
  await nextMorning();
  expect(await digests(nora)).toHaveLength(1);
  expect(await runFor(nora)).toMatchObject({ status: "COMPLETED", output: { outcome: "no_news" } });
});

test("each digest begins where the last one ended, so each piece of news comes once", async () => {
  const nora = await join(shop);
  const orderId = await nora.order();
  await nextMorning();
  await cancel(orderId);
  await nextMorning();
  const second = (await digests(nora)).at(-1);
  expect(second?.text).toContain("It is cancelled.");
  expect(second?.text).toContain("We have sent money back to you.");
  expect(second?.text).not.toContain("It is confirmed");
});

test("the run is lost before the email is saved: the next digest has its news too, once", async () => {
  const nora = await join(shop);
  await nora.order();
  await nextMorning();
  const orderId = await nora.order();
  const restore = onStatement((sql) => (/INSERT INTO emails\b/.test(sql) ? { sqlState: "57P03" } : undefined));
  await nextMorning();
  expect(await shop.loseRuns("send-digest")).toBe(1);
  restore();
  await nextMorning();
  expect(await digests(nora)).toHaveLength(2);
  const second = (await digests(nora)).at(-1)?.text;
  expect(second?.match(/It is confirmed/g)).toHaveLength(1);
  expect(second).toContain(orderId);
  await nextMorning();
  expect(await digests(nora)).toHaveLength(2);
});

test("news that commits after the digest was written, at a time before it, is in the next one", async () => {
  const nora = await join(shop);
  const orderId = await nora.order();
  await nextMorning();
  const [digest] = await digests(nora);
  await shop.sql(
    "INSERT INTO order_events (order_id, type, key, data, at) VALUES ($1, 'order_delivered', 'late', '{}', $2)",
    [orderId, new Date(new Date(digest?.at ?? "").getTime() - 30_000)],
  );
  await nextMorning();
  expect((await digests(nora)).at(-1)?.text).toContain("It has arrived.");
  await shop.sql("DELETE FROM order_events WHERE key = 'late'");
});

test("an order by the same address without signing in counts, and somebody else's does not", async () => {
  const [nora, emil] = [await join(shop, "Nora"), await join(shop, "Emil")];
  await shop.checkout(await shop.product(1), { email: nora.email });
  await emil.fetch("/api/products");
  await nextMorning();
  expect(await digests(nora)).toHaveLength(1);
  expect(await digests(emil)).toEqual([]);
});

test("a user who was inactive for a week gets no digest, and after a visit one with all the news", async () => {
  const nora = await join(shop);
  const orderId = await nora.order();
  await nextMorning();
  await shop.clock.advance(7 * DAY);
  await cancel(orderId);
  await nextMorning();
  expect(await digests(nora)).toHaveLength(1);
  await shop.checkout(await shop.product(1), { email: nora.email });
  await nextMorning();
  expect((await digests(nora)).at(-1)?.text).toContain("It is cancelled.");
});

test("the schedule fires twice on one day: the user gets one digest", async () => {
  const nora = await join(shop);
  await nora.order();
  await nextMorning();
  const event = {
    name: "email/digest-continued",
    data: { date: new Date(shop.clock.now()).toISOString().slice(0, 10), cursor: "0" },
  };
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify([event]) });
  await shop.clock.advance(HOUR);
  expect((await runsOf(shop, "daily-digest")).at(-1)).toMatchObject({ output: { complete: true } });
  expect(await digests(nora)).toHaveLength(1);
});

test("unsubscribing in a digest ends digests only; the account page enables them again", async () => {
  const nora = await join(shop);
  await nora.order();
  await nextMorning();
  expect((await oneClick((await digests(nora))[0])).status).toBe(200);
  expect(await nora.read(nora.fetch("/api/account"))).toMatchObject({
    preferences: { digest: false, product_news: true, marketing: true },
  });
  await nora.order();
  await nextMorning();
  expect(await digests(nora)).toHaveLength(1);
  await nora.read(nora.fetch("/api/account", "PATCH", { preferences: { digest: true } }));
  await nextMorning();
  expect(await digests(nora)).toHaveLength(2);
});

test("the email provider is down at nine: unsubscribing meanwhile cancels the digest, the others arrive once", async () => {
  const [nora, emil] = [await join(shop, "Nora"), await join(shop, "Emil")];
  for (const member of [nora, emil]) await member.order();
  await shop.clock.advance(60_000);
  const until = shop.clock.now() + DAY - ((shop.clock.now() - 9 * HOUR) % DAY) + HOUR;
  await shop.fault("mailbox", { kind: "error", status: 503, until });
  await nextMorning();
  await nora.read(nora.fetch("/api/account", "PATCH", { preferences: { digest: false } }));
  await shop.clock.advance(3 * HOUR);
  expect(
    (await runsOf(shop, "send-digest"))
      .slice(-2)
      .map(({ status }) => status)
      .sort(),
  ).toEqual(["CANCELLED", "COMPLETED"]);
  expect(await digests(nora)).toEqual([]);
  expect(await digests(emil)).toHaveLength(1);
});

test("after a digest bounces there is no other; an event for a deleted user ends as gone", async () => {
  const nora = await join(shop);
  await nora.order();
  await nextMorning();
  await reportEvent(shop, (await digests(nora))[0], "bounced");
  await nora.order();
  await nextMorning();
  expect(await digests(nora)).toHaveLength(1);
  const event = { name: "email/send-digest", data: { userId: "usr_nobody", date: "2026-02-01" } };
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify([event]) });
  await shop.settle();
  expect((await runsOf(shop, "send-digest")).at(-1)).toMatchObject({
    status: "COMPLETED",
    output: { outcome: "account_deleted" },
  });
});

test("each page of users continues after the last one, and a user who refused digests triggers no run", async () => {
  const nora = await join(shop);
  await nora.order();
  await shop.sql(
    `WITH crowd AS (
       INSERT INTO users (id, email, name, email_verified, created_at, updated_at)
       SELECT 'usr_000' || n, 'crowd' || n || '@customers.example', 'One of many', true, $1, $1 FROM generate_series(1000, 1999) n
       RETURNING id, email
     ), here AS (INSERT INTO user_activity SELECT id, $1 FROM crowd)
     INSERT INTO email_preferences SELECT email, 'digest', false, $1 FROM crowd`,
    [new Date(shop.clock.now())],
  );
  await nextMorning();
  expect((await runsOf(shop, "daily-digest")).at(-1)).toMatchObject({
    status: "COMPLETED",
    output: { complete: true },
  });
  const crowd = await shop.sql(
    "SELECT 1 FROM outbox WHERE name = 'email/send-digest' AND data->>'userId' LIKE 'usr_0001%'",
  );
  expect(crowd).toEqual([]);
  expect(await digests(nora)).toHaveLength(1);
});
