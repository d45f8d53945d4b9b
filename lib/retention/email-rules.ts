import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deleteRows, logCutoff, type RetentionRule } from "./rule";

const emailCutoff = () => daysAgo(retentionEnv().RETAIN_EMAIL_DAYS);

/** Sent email. The rows of transactional email stay, because they prevent that an order's email goes out twice. */
export const EMAIL_RULES: RetentionRule[] = [
  {
    name: "email bodies",
    before: () => daysAgo(retentionEnv().RETAIN_EMAIL_BODY_DAYS),
    statement: (before, limit) => Prisma.sql`
      UPDATE emails SET html = '', text = '', attachments = '[]' WHERE id IN (
        SELECT id FROM emails WHERE status <> 'queued' AND created_at < ${before} AND (html <> '' OR text <> '')
        LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
  },
  {
    // An experiment's figures cover its whole time, so the times that they count are copied to its exposures.
    name: "email events",
    before: () => daysAgo(retentionEnv().RETAIN_ENGAGEMENT_DAYS),
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
  // By then no run exists that could send it again. Its events are deleted before it.
  deleteRows(
    "optional emails",
    ["emails", "id"],
    emailCutoff,
    (before) => Prisma.sql`category <> 'transactional' AND status <> 'queued' AND created_at < ${before}
      AND NOT EXISTS (SELECT 1 FROM email_events e WHERE e.email_id = emails.id)`,
  ),
  // Each user's last one stays, because the next one covers the time since then.
  deleteRows(
    "old digests",
    ["digests", "user_id, date"],
    logCutoff,
    (before) => Prisma.sql`date < ${before}::date
      AND EXISTS (SELECT 1 FROM digests l WHERE l.user_id = digests.user_id AND l.date > digests.date)`,
  ),
];
