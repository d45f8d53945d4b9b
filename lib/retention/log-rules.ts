import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deletion, eventCutoff, logCutoff, type RetentionRule } from "./rule";

/** Logs, and records of what has been processed. */
export const LOG_RULES: RetentionRule[] = [
  {
    name: "sent events",
    before: eventCutoff,
    statement: (before, limit) => deletion("outbox", "id", Prisma.sql`sent_at < ${before}`, limit),
  },
  {
    name: "processed webhooks",
    before: eventCutoff,
    statement: (before, limit) =>
      deletion(
        "webhook_inbox",
        "provider, id",
        Prisma.sql`processed_at IS NOT NULL AND received_at < ${before}`,
        limit,
      ),
  },
  {
    // Their call log is deleted with them (cascade).
    name: "ended webhook deliveries",
    before: logCutoff,
    statement: (before, limit) =>
      deletion("webhook_deliveries", "id", Prisma.sql`status <> 'pending' AND ended_at < ${before}`, limit),
  },
  {
    name: "ended messages",
    before: logCutoff,
    statement: (before, limit) =>
      deletion("messages", "id", Prisma.sql`status <> 'sending' AND created_at < ${before}`, limit),
  },
  {
    name: "resolved alerts",
    before: logCutoff,
    statement: (before, limit) => deletion("alerts", "id", Prisma.sql`resolved_at < ${before}`, limit),
  },
  {
    name: "resolved manual tasks",
    before: logCutoff,
    statement: (before, limit) => deletion("manual_queue", "id", Prisma.sql`resolved_at < ${before}`, limit),
  },
  {
    name: "failed repairs of the reconciler",
    before: logCutoff,
    statement: (before, limit) => deletion("reconcile_retries", "kind, id", Prisma.sql`created_at < ${before}`, limit),
  },
  {
    name: "idempotency records",
    before: () => daysAgo(retentionEnv().RETAIN_IDEMPOTENCY_DAYS),
    statement: (before, limit) =>
      deletion("idempotency_records", "scope, key", Prisma.sql`created_at < ${before}`, limit),
  },
  {
    // After `tat` the bucket is empty, which is the same as no row.
    name: "rate limits",
    before: now,
    statement: (before, limit) => deletion("rate_limits", "key", Prisma.sql`tat < ${before}`, limit),
  },
];
