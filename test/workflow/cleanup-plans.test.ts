import { expect, test } from "vitest";
import type { RETENTION_RULES } from "@/lib/retention/rules";
import { HOUR, openShop } from "./shop";

const shop = openShop({ only: [] });

const ROWS = 3_000;
const n = "generate_series(1, 3000) n";

/** Inserts thousands of recent rows into each table with a retention rule. The test replaces NOW and LATER. */
const YOUNG = [
  `INSERT INTO users (id, email, name, created_at, updated_at) SELECT 'u' || n, 'u' || n || '@x.example', 'U', NOW, NOW FROM ${n}`,
  `INSERT INTO outbox (id, name, data, created_at, sent_at, not_before) SELECT n, 'email/sent', '{}', NOW, NOW, NOW FROM ${n}`,
  `INSERT INTO webhook_inbox (provider, id, type, payload, received_at, processed_at) SELECT 'stripe', n, 't', '{}', NOW, NOW FROM ${n}`,
  `INSERT INTO webhook_endpoints (id, user_id, url, secret, events, created_at) VALUES ('w', 'u1', 'https://x.example', 's', '{order.shipped}', NOW)`,
  `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, status, created_at, ended_at) SELECT n, 'w', 'e', '{}', 'delivered', NOW, NOW FROM ${n}`,
  `INSERT INTO messages (id, channel, kind, entity_id, target, status, body, created_at) SELECT n, 'sms', 'k', n, 't', 'sent', '{}', NOW FROM ${n}`,
  `INSERT INTO alerts (id, kind, incident, subject, detail, created_at, resolved_at) SELECT n, 'k', n, 's', '{}', NOW, NOW FROM ${n}`,
  `INSERT INTO manual_queue (id, kind, entity_id, cause, created_at, resolved_at) SELECT n, 'import', n, '{}', NOW, NOW FROM ${n}`,
  `INSERT INTO idempotency_records (scope, key, fingerprint, created_at) SELECT 's', n, 'f', NOW FROM ${n}`,
  `INSERT INTO rate_limits (key, tat) SELECT n, LATER FROM ${n}`,
  `INSERT INTO emails (id, kind, entity_id, recipient, category, subject, html, text, status, created_at)
   SELECT n, 'k', n, 'a', (CASE WHEN n % 2 = 0 THEN 'digest' ELSE 'transactional' END)::email_category, 's', 'h', 't', 'sent', NOW FROM ${n}`,
  `INSERT INTO email_events (email_id, type, at) SELECT n, 'opened', NOW FROM ${n}`,
  `INSERT INTO digests (user_id, date, from_at, until_at) SELECT 'u' || n, d::date, NOW, NOW FROM ${n}, unnest(ARRAY[NOW, LATER + interval '1 day']) d`,
  `INSERT INTO broadcasts (id, title, message, segment, html, text, created_by, created_at, progressed_at, planned_at) VALUES ('b', 'T', 'M', '{}', 'H', 'T', 'u', NOW, NOW, NOW)`,
  `INSERT INTO notifications (broadcast_id, user_id, chunk, status, address, created_at) SELECT 'b', n, n, 'sent', n, NOW FROM ${n}`,
  `INSERT INTO broadcast_chunks (broadcast_id, chunk, status, created_at, progressed_at) SELECT 'b', n, 'done', NOW, NOW FROM ${n}`,
  `INSERT INTO imports (id, type, url, status, created_by, columns, created_at, progressed_at, ended_at) VALUES ('i', 'stock', 'u', 'done', 'u', '{}', NOW, NOW, NOW)`,
  `INSERT INTO import_parts (import_id, at, bytes) SELECT 'i', n, '' FROM ${n}`,
  `INSERT INTO import_errors (import_id, line, column_name, message) SELECT 'i', n, 'sku', 'm' FROM ${n}`,
  `INSERT INTO jobs (id, kind, status, created_by, until, total, created_at, progressed_at, ended_at) VALUES ('j', 'k', 'done', 'u', NOW, 1, NOW, NOW, NOW)`,
  `INSERT INTO customer_months (job_id, email, currency, month, orders, revenue) SELECT 'j', n, 'EUR', '2025-01', 1, 1 FROM ${n}`,
  `INSERT INTO sessions (id, token, user_id, expires_at, created_at, updated_at) SELECT n, n, 'u1', LATER, NOW, NOW FROM ${n}`,
  `INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at) SELECT n, 'i', 'v', LATER, NOW, NOW FROM ${n}`,
  `INSERT INTO user_activity (user_id, last_at) SELECT 'u' || n, NOW FROM ${n}`,
];

interface Plan {
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Plan[];
}

/** Counts the rows that the nodes of a plan have read. */
function read(plan: Plan): number {
  const rows =
    plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Index Recheck"] ?? 0);
  return rows * plan["Actual Loops"] + (plan.Plans ?? []).reduce((sum, inner) => sum + read(inner), 0);
}

test("without old rows, no statement of a retention rule reads through the recent ones", async () => {
  const time = (ms: number) => `timestamptz '${new Date(shop.clock.now() + ms).toISOString()}'`;
  for (const insert of YOUNG) await shop.sql(insert.replaceAll("NOW", time(0)).replaceAll("LATER", time(HOUR)));
  await shop.sql("VACUUM ANALYZE");
  const { RETENTION_RULES: rules }: { RETENTION_RULES: typeof RETENTION_RULES } = await import("@/lib/retention/rules");
  for (const { before, statement } of rules) {
    const { text, values } = statement(before(), ROWS);
    const [row] = await shop.sql<{ "QUERY PLAN": [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    expect(read(row?.["QUERY PLAN"][0].Plan ?? expect.fail("no plan")), text).toBeLessThan(100);
  }
});
