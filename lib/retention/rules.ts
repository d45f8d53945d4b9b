import { archival } from "../broadcasts/view-broadcasts";
import { ago, DAY, now } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";

/** Deletes old rows of one kind, in statements of a limited number of rows by primary key. */
interface RetentionRule {
  /** Rows that ended before this moment are old enough. */
  before(): Date;
  /** Returns the statement that deletes at most `limit` rows and skips locked ones. */
  statement(before: Date, limit: number): Prisma.Sql;
  /** A lower limit of rows per statement, for rows that take much work. */
  maxRows?: number;
}

/** Returns a function that returns the cutoff of a setting in days. */
const cutoff = (setting: keyof ReturnType<typeof retentionEnv>) => () => ago(retentionEnv()[setting] * DAY);
const logCutoff = cutoff("RETAIN_LOG_DAYS");
const eventCutoff = cutoff("RETAIN_EVENT_DAYS");
const broadcastCutoff = cutoff("RETAIN_BROADCAST_DAYS");

/** A table with the columns of its primary key. */
type Table = [name: string, key: string];
/** Returns the SQL condition that a row is old. */
type IsOld = (before: Date) => Prisma.Sql;

/** A row is old if the time in `column` is before the cutoff and the condition `also` holds. */
const past =
  (column: string, also = "true"): IsOld =>
  (before) =>
    Prisma.sql`${Prisma.raw(column)} < ${before} AND ${Prisma.raw(also)}`;

/** Returns the rule that deletes the old rows of a table. */
const deleteRows = ([table, key]: Table, before: () => Date, isOld: IsOld): RetentionRule => ({
  before,
  statement: (before, limit) => Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key)} FROM ${Prisma.raw(table)} WHERE ${isOld(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
});

/** Returns the rule that deletes the rows of a table whose owner is old: the row `o` of the table `owner`, by a foreign key. */
const deleteRowsOf = (
  [table, key]: Table,
  [owner, foreignKey]: [table: string, foreignKey: string],
  before: () => Date,
  isOld: IsOld,
): RetentionRule => ({
  before,
  statement: (before, limit) => Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key.replace(/\w+/g, "r.$&"))} FROM ${Prisma.raw(owner)} o JOIN ${Prisma.raw(table)} r ON r.${Prisma.raw(foreignKey)} = o.id
    WHERE ${isOld(before)} LIMIT ${limit} FOR UPDATE OF r SKIP LOCKED)`,
});

const isArchived = () => Prisma.sql`o.figures IS NOT NULL`;

/** A job is deleted only after a later one of its kind. The latest result is never deleted. */
const isSuperseded = (before: Date) => Prisma.sql`o.ended_at < ${before}
  AND EXISTS (SELECT 1 FROM jobs l WHERE l.kind = o.kind AND l.status = 'done' AND l.ended_at > o.ended_at)`;

/**
 * Every retention rule. No rule deletes pending work (to be sent, processed or decided), nor
 * - the books: orders and their timelines, reservations, payments, refunds, shipments, stock movements, coupons, expenses,
 *   payouts, subscriptions and charges, reports;
 * - what users gave us: consent, suppressions, accounts, webhook endpoints and push subscriptions (these end when they answer
 *   410 Gone);
 * - the sources of figures and single rows of users: onboarding, exposures to experiments.
 */
export const RETENTION_RULES: RetentionRule[] = [
  // Logs, and records of what has been processed.
  deleteRows(["outbox", "id"], eventCutoff, past("sent_at")),
  deleteRows(["webhook_inbox", "provider, id"], eventCutoff, past("received_at", "processed_at IS NOT NULL")),
  // The call log of a delivery is deleted with it (cascade).
  deleteRows(["webhook_deliveries", "id"], logCutoff, past("ended_at", "status <> 'pending'")),
  deleteRows(["messages", "id"], logCutoff, past("created_at", "status <> 'sending'")),
  deleteRows(["alerts", "id"], logCutoff, past("resolved_at")),
  // A task is the only record of a payment that belongs to no order.
  deleteRows(["manual_queue", "id"], logCutoff, past("resolved_at", "kind <> 'payment'")),
  deleteRows(["idempotency_records", "scope, key"], cutoff("RETAIN_IDEMPOTENCY_DAYS"), past("created_at")),
  // After `tat` the bucket is empty, which is the same as no row.
  deleteRows(["rate_limits", "key"], now, past("tat")),

  // Sent email. The rows of transactional email stay, because they prevent that an order's email goes out twice.
  {
    before: cutoff("RETAIN_EMAIL_BODY_DAYS"),
    statement: (before, limit) => Prisma.sql`
      UPDATE emails SET html = '', text = '', attachments = '[]' WHERE id IN (
        SELECT id FROM emails WHERE status <> 'queued' AND created_at < ${before} AND (html <> '' OR text <> '')
        LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
  },
  // An experiment's figures cover its whole time, so the times that they count are copied to its exposures.
  {
    before: cutoff("RETAIN_ENGAGEMENT_DAYS"),
    statement: (before, limit) => Prisma.sql`
      WITH old AS (
        SELECT email_id, type, at FROM email_events WHERE at < ${before} ORDER BY at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), saved AS (
        UPDATE experiment_exposures e SET opened_at = least(e.opened_at, o.opened), clicked_at = least(e.clicked_at, o.clicked)
        FROM (SELECT email_id, min(at) FILTER (WHERE type = 'opened') AS opened, min(at) FILTER (WHERE type = 'clicked') AS clicked
              FROM old GROUP BY email_id) o
        WHERE e.email_id = o.email_id
      )
      DELETE FROM email_events WHERE (email_id, type) IN (SELECT email_id, type FROM old)`,
  },
  // Optional email. By then no run exists that could send it again. Its events are deleted before it.
  deleteRows(
    ["emails", "id"],
    cutoff("RETAIN_EMAIL_DAYS"),
    (before) => Prisma.sql`category <> 'transactional' AND status <> 'queued' AND created_at < ${before}
      AND NOT EXISTS (SELECT 1 FROM email_events e WHERE e.email_id = emails.id)`,
  ),
  deleteRows(["email_batches", "id"], cutoff("RETAIN_EMAIL_DAYS"), past("created_at")),
  // Each user's last digest stays, because the next one covers the time since then.
  deleteRows(
    ["digests", "user_id, date"],
    logCutoff,
    (before) => Prisma.sql`date < ${before}::date
      AND EXISTS (SELECT 1 FROM digests l WHERE l.user_id = digests.user_id AND l.date > digests.date)`,
  ),

  // The parts of bulk work. Its results stay: a broadcast's figures, an import's counts.
  // Counting a hundred thousand recipients is slow, but locks only the broadcast.
  { before: broadcastCutoff, statement: archival, maxRows: 1 },
  deleteRowsOf(["notifications", "broadcast_id, user_id"], ["broadcasts", "broadcast_id"], broadcastCutoff, isArchived),
  deleteRowsOf(
    ["broadcast_chunks", "broadcast_id, chunk"],
    ["broadcasts", "broadcast_id"],
    broadcastCutoff,
    isArchived,
  ),
  // The number of bad rows stays in the import.
  deleteRowsOf(
    ["import_errors", "import_id, line, column_name"],
    ["imports", "import_id"],
    logCutoff,
    past("o.ended_at"),
  ),
  // Those of dry runs. An import deletes its own when it ends.
  deleteRowsOf(["import_parts", "import_id, at"], ["imports", "import_id"], () => ago(DAY), past("o.ended_at")),
  deleteRowsOf(["import_skus", "import_id, sku"], ["imports", "import_id"], () => ago(DAY), past("o.ended_at")),
  deleteRowsOf(["customer_months", "job_id, email, currency, month"], ["jobs", "job_id"], logCutoff, isSuperseded),
  deleteRows(["jobs", "id"], logCutoff, (before) => {
    const withoutSums = Prisma.sql`NOT EXISTS (SELECT 1 FROM customer_months m WHERE m.job_id = o.id)`;
    return Prisma.sql`id IN (SELECT o.id FROM jobs o WHERE ${isSuperseded(before)} AND ${withoutSums})`;
  }),

  // Their lines are deleted with them (cascade).
  deleteRows(["carts", "id"], cutoff("RETAIN_CART_DAYS"), past("updated_at")),

  // Sessions and traces of activity.
  // Their times are saved as activity, because a broadcast's segment may ask for activity of longer ago.
  {
    before: now,
    statement: (before, limit) => Prisma.sql`
      WITH old AS (
        SELECT id, user_id, updated_at FROM sessions WHERE expires_at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), saved AS (
        INSERT INTO user_activity AS activity (user_id, last_at) SELECT user_id, max(updated_at) FROM old GROUP BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at WHERE activity.last_at < excluded.last_at
      )
      DELETE FROM sessions WHERE id IN (SELECT id FROM old)`,
  },
  deleteRows(["failed_runs", "id"], logCutoff, past("created_at")),
  deleteRows(["verifications", "id"], now, past("expires_at")),
  deleteRows(["user_activity", "user_id"], cutoff("RETAIN_ACTIVITY_DAYS"), past("last_at")),
];
