import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** The retention rules delete the sources of figures, and no figure changes. */
const shop = openShop({ env: { CLEANUP_BATCH: "10" }, only: ["cleanup-old-data"] });
afterEach(audit);

const DAY = 24 * HOUR;
const daysAgo = (days: number) => new Date(shop.clock.now() - days * DAY);
/** Advances to just after midnight between Saturday and Sunday. The test clock starts on a Monday. */
const sunday = () => shop.clock.advance(7 * DAY - ((shop.clock.now() - Date.UTC(2026, 0, 4)) % (7 * DAY)) + MINUTE);
const count = async (table: string, where = "true") =>
  (await shop.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${where}`))[0]?.count;

let manager: Operator;
/** Signs in again, because a session does not last until the next Sunday. */
const arrive = async () => {
  manager = await signedIn(shop);
};
beforeAll(arrive);
const read = (path: string) => manager.read<Record<string, unknown>>(manager.get(path));

/** Expects the same answer of `path` before and after the clean-up of the next Sunday. */
async function sameAfterSunday(path: string): Promise<void> {
  const before = await read(path);
  await sunday();
  await arrive();
  expect(await read(path)).toEqual(before);
}

test("an experiment's figures stay when the events that they count are deleted", async () => {
  await shop.sql(
    `INSERT INTO emails (id, kind, entity_id, recipient, category, subject, html, text, status, created_at, sent_at)
     SELECT 'old' || n, 'drip_welcome', 'u' || n, 'u' || n || '@x.example', 'product_news', 'S', '', '', 'sent', $1, $1 FROM generate_series(1, 40) n`,
    [daysAgo(800)],
  );
  await shop.sql(
    `INSERT INTO experiment_exposures (experiment_id, user_id, variant, email_id, at)
     SELECT 'welcome-subject', 'u' || n, CASE WHEN n % 2 = 0 THEN 'hello' ELSE 'next-step' END, 'old' || n, $1 FROM generate_series(1, 30) n`,
    [daysAgo(800)],
  );
  await shop.sql(
    `INSERT INTO email_events (email_id, type, at)
     SELECT 'old' || n, t::email_event_type, $1 FROM generate_series(1, 40) n, unnest(ARRAY['opened', 'clicked']) t WHERE t = 'opened' OR n % 3 = 0`,
    [daysAgo(400)],
  );
  // One of them was opened late, so its event is too recent to be deleted.
  await shop.sql("UPDATE email_events SET at = $1 WHERE email_id = 'old7'", [daysAgo(30)]);
  await sameAfterSunday("/api/admin/experiments/welcome-subject");
  expect(await count("email_events")).toBe(1);
  expect(await count("emails", "id LIKE 'old%'")).toBe(1);
  await sameAfterSunday("/api/admin/experiments/welcome-subject");
  await shop.sql("DELETE FROM emails WHERE id LIKE 'old%'");
});

test("a broadcast's figures stay when its recipients are deleted; unfinished or recent broadcasts keep their recipients", async () => {
  const broadcast = (id: string, days: number, planned?: number) =>
    shop.sql(
      `INSERT INTO broadcasts (id, title, message, segment, html, text, created_by, created_at, progressed_at, planned_at)
       VALUES ($1, 'T', 'M', '{"type":"all"}', 'H', 'T', 'u', $2, $2, $3)`,
      [id, daysAgo(days), planned === undefined ? null : daysAgo(planned)],
    );
  await broadcast("bc_old", 400, 400);
  await broadcast("bc_young", 300, 300);
  await broadcast("bc_stuck", 400);
  // Scheduled long before.
  await broadcast("bc_scheduled", 400, 30);
  await shop.sql(
    `INSERT INTO notifications (broadcast_id, user_id, chunk, status, address, created_at, ended_at, delivered_at, opened_at, clicked_at)
     SELECT b, 'u' || n, 0, (CASE WHEN n % 5 = 0 THEN 'refused' ELSE 'sent' END)::notification_status, 'u' || n || '@x.example', $1::timestamptz, $1::timestamptz,
       CASE WHEN n % 5 > 0 THEN $1::timestamptz END, CASE WHEN n % 5 = 1 THEN $1::timestamptz END, CASE WHEN n % 5 = 2 THEN $1::timestamptz END
     FROM unnest(ARRAY['bc_old', 'bc_young', 'bc_stuck', 'bc_scheduled']) b, generate_series(1, 45) n`,
    [daysAgo(300)],
  );
  await shop.sql(
    `INSERT INTO broadcast_chunks (broadcast_id, chunk, status, created_at, progressed_at)
     SELECT b, 0, 'done', $1, $1 FROM unnest(ARRAY['bc_old', 'bc_young', 'bc_scheduled']) b`,
    [daysAgo(300)],
  );
  expect(await read("/api/admin/broadcasts/bc_old")).toMatchObject({
    counts: { recipients: 45, sent: 36, refused: 9 },
    engagement: { delivered: 36, opened: 18, clicked: 9 },
  });
  await sameAfterSunday("/api/admin/broadcasts/bc_old");
  expect([await count("notifications", "broadcast_id = 'bc_old'"), await count("broadcast_chunks")]).toEqual([0, 2]);
  expect(await count("notifications", "broadcast_id <> 'bc_old'")).toBe(135);
  expect(await count("broadcasts", "figures IS NOT NULL")).toBe(1);
});

test("users still count as active after their sessions are deleted", async () => {
  await shop.sql(
    "INSERT INTO users (id, email, email_verified, name, created_at, updated_at) VALUES ('seen', 'seen@x.example', true, 'S', $1, $1)",
    [daysAgo(500)],
  );
  await shop.sql(
    "INSERT INTO sessions (id, token, user_id, expires_at, created_at, updated_at) VALUES ('s-seen', 't-seen', 'seen', $1, $2, $2)",
    [daysAgo(190), daysAgo(200)],
  );
  await sunday();
  expect(await count("sessions", "id = 's-seen'")).toBe(0);
  const at = await shop.sql<{ last_at: Date }>("SELECT last_at FROM user_activity WHERE user_id = 'seen'");
  expect((shop.clock.now() - Number(at[0]?.last_at)) / DAY).toBeGreaterThan(199);
  await arrive();
  const active = async (days: number) =>
    (
      await manager.read<{ recipients: number }>(
        manager.post("/api/admin/broadcasts/preview", { segment: { type: "active", days } }),
      )
    ).recipients;
  expect((await active(300)) - (await active(100))).toBe(1);
});

test("old digests, bad rows, jobs and resolved tasks are deleted, except the last ones that later work needs", async () => {
  await shop.sql(
    `INSERT INTO digests (user_id, date, from_at, until_at) SELECT 'seen', d::date, d, d FROM unnest($1::timestamptz[]) d`,
    [[300, 200, 150].map(daysAgo)],
  );
  await shop.sql(
    `INSERT INTO imports (id, type, url, status, created_by, columns, bad, created_at, progressed_at, ended_at)
     SELECT id, 'stock', 'https://x.example/', 'done', 'u', '{}', 25, at, at, at FROM (VALUES ('imp_old', $1::timestamptz), ('imp_young', $2), ('imp_next', $3)) v(id, at)`,
    [daysAgo(100), daysAgo(50), daysAgo(-7)],
  );
  // The files of dry runs.
  await shop.sql(`INSERT INTO import_parts (import_id, at, bytes) SELECT id, 0, 'sku' FROM imports`);
  await shop.sql(
    `INSERT INTO import_errors (import_id, line, column_name, message)
     SELECT id, n, 'sku', 'm' FROM unnest(ARRAY['imp_old', 'imp_young']) id, generate_series(1, 25) n`,
  );
  await shop.sql(
    `INSERT INTO jobs (id, kind, status, created_by, until, total, created_at, progressed_at, ended_at)
     SELECT id, 'customer_value', 'done', 'u', at, 1, at, at, at FROM (VALUES ('job_1', $1::timestamptz), ('job_2', $2)) v(id, at)`,
    [daysAgo(300), daysAgo(200)],
  );
  await shop.sql(
    `INSERT INTO customer_months (job_id, email, currency, month, orders, revenue)
     SELECT id, 'u' || n, 'EUR', '2025-01', 1, 100 FROM unnest(ARRAY['job_1', 'job_2']) id, generate_series(1, 25) n`,
  );
  await shop.sql(
    `INSERT INTO manual_queue (id, kind, entity_id, cause, created_at, resolved_at) VALUES
     ('t-decided', 'import', '1', '{}', $1, $1), ('t-open', 'import', '2', '{}', $1, NULL),
     ('t-payment', 'payment', 'paypal:1', '{}', $1, $1)`,
    [daysAgo(100)],
  );
  await sunday();
  expect(await count("digests")).toBe(1);
  expect(await count("import_errors", "import_id = 'imp_old'")).toBe(0);
  expect(await count("import_errors", "import_id = 'imp_young'")).toBe(25);
  expect(await shop.sql("SELECT import_id FROM import_parts")).toEqual([{ import_id: "imp_next" }]);
  expect(await shop.sql("SELECT id, bad FROM imports WHERE id = 'imp_old'")).toEqual([{ id: "imp_old", bad: 25 }]);
  expect([await count("customer_months"), await count("jobs")]).toEqual([25, 1]);
  expect(await shop.sql("SELECT id FROM manual_queue ORDER BY id")).toEqual([{ id: "t-open" }, { id: "t-payment" }]);
});
