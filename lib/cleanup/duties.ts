import { ago, DAY, now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";

/** Something that is thrown away when it is old enough, in statements of so many rows by primary key. */
export interface Duty {
  name: string;
  /** Rows that ended before are old enough. */
  before(): Date;
  /** Removes at most `limit` rows. What others hold at the moment is left for the next time. */
  statement(before: Date, limit: number): Prisma.Sql;
}

const days = (count: number) => ago(count * DAY);
const logs = () => days(retentionEnv().RETAIN_LOG_DAYS);
const events = () => days(retentionEnv().RETAIN_EVENT_DAYS);

/** The rows of `table`, named by `key`, for which `old` holds. */
const deletion = (table: string, key: string, old: Prisma.Sql, limit: number) =>
  Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key)} FROM ${Prisma.raw(table)} WHERE ${old} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;

/**
 * What is kept for how long. Nothing that is still to be sent, to be processed or to be looked at; nor any of the books:
 * orders and their timelines, payments, refunds, stock movements, reports.
 */
export const DUTIES: Duty[] = [
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
    name: "ended notices",
    before: logs,
    statement: (before, limit) =>
      deletion("notices", "id", Prisma.sql`status <> 'sending' AND created_at < ${before}`, limit),
  },
  {
    name: "resolved alerts",
    before: logs,
    statement: (before, limit) => deletion("alerts", "id", Prisma.sql`resolved_at < ${before}`, limit),
  },
  {
    // The row stays: it is what keeps a mail from going out twice.
    name: "mail bodies",
    before: () => days(retentionEnv().RETAIN_MAIL_BODY_DAYS),
    statement: (before, limit) => Prisma.sql`
      UPDATE mails SET html = '', text = '', attachments = '[]' WHERE id IN (
        SELECT id FROM mails WHERE status <> 'queued' AND created_at < ${before} AND (html <> '' OR text <> '')
        LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
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
  {
    name: "expired sessions",
    before: now,
    statement: (before, limit) => deletion("sessions", "id", Prisma.sql`expires_at < ${before}`, limit),
  },
  {
    name: "expired verifications",
    before: now,
    statement: (before, limit) => deletion("verifications", "id", Prisma.sql`expires_at < ${before}`, limit),
  },
];
