import { now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { days, deletion, events, logs, type RetentionRule } from "./rule";

/** What was noted to find out what went wrong, and to know what has been dealt with. */
export const LOG_RULES: RetentionRule[] = [
  {
    name: "sent events",
    before: events,
    statement: (before, limit) => deletion("outbox", "id", Prisma.sql`sent_at < ${before}`, limit),
  },
  {
    name: "webhooks that were dealt with",
    before: events,
    statement: (before, limit) =>
      deletion(
        "webhook_inbox",
        "provider, id",
        Prisma.sql`processed_at IS NOT NULL AND received_at < ${before}`,
        limit,
      ),
  },
  {
    // With their log of calls, which goes with them.
    name: "ended webhook deliveries",
    before: logs,
    statement: (before, limit) =>
      deletion("webhook_deliveries", "id", Prisma.sql`status <> 'pending' AND ended_at < ${before}`, limit),
  },
  {
    name: "ended messages",
    before: logs,
    statement: (before, limit) =>
      deletion("messages", "id", Prisma.sql`status <> 'sending' AND created_at < ${before}`, limit),
  },
  {
    name: "resolved alerts",
    before: logs,
    statement: (before, limit) => deletion("alerts", "id", Prisma.sql`resolved_at < ${before}`, limit),
  },
  {
    name: "manual tasks that were decided",
    before: logs,
    statement: (before, limit) => deletion("manual_queue", "id", Prisma.sql`resolved_at < ${before}`, limit),
  },
  {
    name: "what the reconciler has tried in vain",
    before: logs,
    statement: (before, limit) => deletion("reconcile_retries", "kind, id", Prisma.sql`created_at < ${before}`, limit),
  },
  {
    name: "idempotency records",
    before: () => days(retentionEnv().RETAIN_IDEMPOTENCY_DAYS),
    statement: (before, limit) =>
      deletion("idempotency_records", "scope, key", Prisma.sql`created_at < ${before}`, limit),
  },
  {
    // The row says when the bucket will be empty, and an empty bucket is the same as none.
    name: "rate limits",
    before: now,
    statement: (before, limit) => deletion("rate_limits", "key", Prisma.sql`tat < ${before}`, limit),
  },
];
