import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deleteRows, eventCutoff, logCutoff, type RetentionRule } from "./rule";

const keyCutoff = () => daysAgo(retentionEnv().RETAIN_IDEMPOTENCY_DAYS);
const createdBefore = (before: Date) => Prisma.sql`created_at < ${before}`;
const resolvedBefore = (before: Date) => Prisma.sql`resolved_at < ${before}`;

/** Logs, and records of what has been processed. */
export const LOG_RULES: RetentionRule[] = [
  deleteRows("sent events", ["outbox", "id"], eventCutoff, (before) => Prisma.sql`sent_at < ${before}`),
  deleteRows(
    "processed webhooks",
    ["webhook_inbox", "provider, id"],
    eventCutoff,
    (before) => Prisma.sql`processed_at IS NOT NULL AND received_at < ${before}`,
  ),
  // Their call log is deleted with them (cascade).
  deleteRows(
    "ended webhook deliveries",
    ["webhook_deliveries", "id"],
    logCutoff,
    (before) => Prisma.sql`status <> 'pending' AND ended_at < ${before}`,
  ),
  deleteRows(
    "ended messages",
    ["messages", "id"],
    logCutoff,
    (before) => Prisma.sql`status <> 'sending' AND created_at < ${before}`,
  ),
  deleteRows("resolved alerts", ["alerts", "id"], logCutoff, resolvedBefore),
  deleteRows("resolved manual tasks", ["manual_queue", "id"], logCutoff, resolvedBefore),
  deleteRows("idempotency records", ["idempotency_records", "scope, key"], keyCutoff, createdBefore),
  // After `tat` the bucket is empty, which is the same as no row.
  deleteRows("rate limits", ["rate_limits", "key"], now, (before) => Prisma.sql`tat < ${before}`),
];
