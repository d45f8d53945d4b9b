import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({
  // Small batches and few steps, so a little data needs several runs.
  env: { CLEANUP_BATCH: "10", CLEANUP_STEPS: "2", RETAIN_EMAIL_BODY_DAYS: "30" },
  only: ["process-order", "cleanup-old-data"],
});
afterEach(audit);

const DAY = 24 * HOUR;
const daysAgo = (days: number) => new Date(shop.clock.now() - days * DAY);
/** Advances to just after midnight between Saturday and Sunday. The test clock starts on a Monday. */
const sunday = () => shop.clock.advance(7 * DAY - ((shop.clock.now() - Date.UTC(2026, 0, 4)) % (7 * DAY)) + MINUTE);
const count = async (table: string, where = "true") =>
  (await shop.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${where}`))[0]?.count;

test("old rows are deleted, over several runs; recent and unfinished rows stay", async () => {
  const old = daysAgo(91);
  const young = daysAgo(60);
  for (const [id, at, sent] of [
    ["old", old, old],
    ["young", young, young],
  ] as const)
    await shop.sql(
      `INSERT INTO outbox (id, name, data, created_at, sent_at, not_before)
       SELECT $1 || n, 'email/sent', '{}', $2, $3, $2 FROM generate_series(1, 555) n`,
      [id, at, sent],
    );
  await shop.sql(
    `INSERT INTO webhook_inbox (provider, id, type, payload, received_at, processed_at) VALUES
     ('stripe', 'done', 't', '{}', $1, $1), ('stripe', 'open', 't', '{}', $1, NULL), ('stripe', 'young', 't', '{}', $2, $2)`,
    [old, young],
  );
  await shop.sql(
    `INSERT INTO emails (id, kind, entity_id, recipient, subject, html, text, status, created_at) VALUES
     ('m1', 'k', '1', 'a@a.example', 'S', '<p>', 'p', 'sent', $1), ('m2', 'k', '2', 'a@a.example', 'S', '<p>', 'p', 'queued', $1),
     ('m3', 'k', '3', 'a@a.example', 'S', '<p>', 'p', 'sent', $2)`,
    [daysAgo(31), daysAgo(20)],
  );
  await shop.sql(
    `INSERT INTO messages (id, channel, kind, entity_id, target, status, body, created_at) VALUES
     ('n1', 'sms', 'k', '1', 't', 'sent', '{}', $1), ('n2', 'sms', 'k', '2', 't', 'sending', '{}', $1)`,
    [old],
  );
  await shop.sql(
    `INSERT INTO alerts (id, kind, incident, subject, detail, created_at, resolved_at) VALUES
     ('a1', 'k', 'i', 's', '{}', $1, $1), ('a2', 'k', 'i', 's', '{}', $1, NULL)`,
    [old],
  );
  await shop.sql(
    "INSERT INTO idempotency_records (scope, key, fingerprint, created_at) VALUES ('s', 'old', 'f', $1), ('s', 'young', 'f', $2)",
    [daysAgo(31), daysAgo(20)],
  );
  await shop.sql("INSERT INTO rate_limits (key, tat) VALUES ('old', $1), ('used', $2)", [daysAgo(2), daysAgo(-30)]);
  await shop.sql(
    "INSERT INTO users (id, email, name, created_at, updated_at) VALUES ('u1', 'u@u.example', 'U', $1, $1)",
    [old],
  );
  await shop.sql(
    `INSERT INTO sessions (id, token, user_id, expires_at, created_at, updated_at) VALUES
     ('s1', 't1', 'u1', $1, $1, $1), ('s2', 't2', 'u1', $2, $1, $1)`,
    [old, daysAgo(-30)],
  );
  await shop.sql(
    `INSERT INTO webhook_endpoints (id, user_id, url, secret, events, created_at) VALUES ('w1', 'u1', 'https://x.example', 's', '{order.shipped}', $1)`,
    [old],
  );
  await shop.sql(
    `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, status, created_at, ended_at) VALUES
     ('d1', 'w1', 'e', '{}', 'delivered', $1, $1), ('d2', 'w1', 'e', '{}', 'pending', $1, NULL)`,
    [old],
  );
  await shop.sql(
    "INSERT INTO webhook_attempts (delivery_id, attempt, at, detail, duration_ms) VALUES ('d1', 1, $1, '', 1)",
    [old],
  );

  await sunday();
  expect([await count("outbox", "id LIKE 'old%'"), await count("outbox", "id LIKE 'young%'")]).toEqual([0, 555]);
  const ids = async (table: string, key = "id") =>
    (await shop.sql<{ id: string }>(`SELECT ${key} AS id FROM ${table} ORDER BY 1`)).map(({ id }) => id);
  expect(await ids("webhook_inbox")).toEqual(["open", "young"]);
  expect(await ids("messages")).toEqual(["n2"]);
  expect(await ids("alerts")).toEqual(["a2"]);
  expect(await ids("idempotency_records", "key")).toEqual(["young"]);
  expect(await ids("rate_limits", "key")).toEqual(["used"]);
  expect(await ids("sessions")).toEqual(["s2"]);
  expect(await ids("webhook_deliveries")).toEqual(["d2"]);
  expect(await count("webhook_attempts")).toBe(0);
  const bodies = await shop.sql("SELECT id, html, subject FROM emails WHERE id LIKE 'm_' ORDER BY id");
  expect(bodies.map(({ html }) => html)).toEqual(["", "<p>", "<p>"]);
  // More than 556 rows at 400 a run need more than one run.
  expect(await count("outbox", "name = 'cleanup/continued' AND sent_at IS NOT NULL")).toBeGreaterThan(0);
  expect(await count("cron_heartbeats", "name = 'cleanup-old-data' AND run_id IS NOT NULL")).toBe(1);
  await shop.sql("DELETE FROM emails WHERE id LIKE 'm_'");
});

test("a locked row is skipped until next week, and nothing waits for it", async () => {
  await shop.sql(
    `INSERT INTO outbox (id, name, data, created_at, sent_at, not_before)
     SELECT 'held' || n, 'email/sent', '{}', $1, $1, $1 FROM generate_series(1, 30) n`,
    [daysAgo(100)],
  );
  const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await other.connect();
  await other.query("BEGIN");
  await other.query("SELECT 1 FROM outbox WHERE id = 'held7' FOR UPDATE");
  await sunday();
  expect(await count("outbox", "id LIKE 'held%'")).toBe(1);
  await other.query("ROLLBACK");
  await other.end();
  await sunday();
  expect(await count("outbox", "id LIKE 'held%'")).toBe(0);
});

test("an old order stays with its timeline, because the books are never deleted", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(MINUTE);
  await shop.sql("UPDATE orders SET created_at = $2, updated_at = $2 WHERE id = $1", [placed.id, daysAgo(1_000)]);
  await shop.sql("UPDATE order_events SET at = $2 WHERE order_id = $1", [placed.id, daysAgo(1_000)]);
  const before = await shop.order(placed);
  await sunday();
  expect(await shop.order(placed)).toEqual(before);
  expect((await shop.order(placed)).timeline.length).toBeGreaterThan(3);
});
