import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { type Duty, days, deletion, logs } from "./duty";

/** Mail that went out. The rows of transactional mail stay: they are what keeps an order's mail from going out twice. */
export const MAIL_DUTIES: Duty[] = [
  {
    name: "mail bodies",
    before: () => days(retentionEnv().RETAIN_MAIL_BODY_DAYS),
    statement: (before, limit) => Prisma.sql`
      UPDATE mails SET html = '', text = '', attachments = '[]' WHERE id IN (
        SELECT id FROM mails WHERE status <> 'queued' AND created_at < ${before} AND (html <> '' OR text <> '')
        LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
  },
  {
    // An experiment's figures are of its whole time: what they count is written to its exposures as it goes.
    name: "what became of mails",
    before: () => days(retentionEnv().RETAIN_ENGAGEMENT_DAYS),
    statement: (before, limit) => Prisma.sql`
      WITH old AS (
        SELECT mail_id, type, at FROM mail_events WHERE at < ${before} ORDER BY at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), kept AS (
        UPDATE experiment_exposures e SET opened_at = least(e.opened_at, o.opened), clicked_at = least(e.clicked_at, o.clicked)
        FROM (SELECT mail_id, min(at) FILTER (WHERE type = 'opened') AS opened, min(at) FILTER (WHERE type = 'clicked') AS clicked
              FROM old GROUP BY mail_id) o
        WHERE e.mail_id = o.mail_id
      )
      DELETE FROM mail_events WHERE (mail_id, type) IN (SELECT mail_id, type FROM old)`,
  },
  {
    // Mail that one can do without: by then no run is left that could send it again. Its events go before it does.
    name: "rows of optional mail",
    before: () => days(retentionEnv().RETAIN_MAIL_DAYS),
    statement: (before, limit) =>
      deletion(
        "mails",
        "id",
        Prisma.sql`category <> 'transactional' AND status <> 'queued' AND created_at < ${before}
          AND NOT EXISTS (SELECT 1 FROM mail_events e WHERE e.mail_id = mails.id)`,
        limit,
      ),
  },
  {
    // But each user's last one, where the next one begins.
    name: "digests of former days",
    before: logs,
    statement: (before, limit) =>
      deletion(
        "digests",
        "user_id, date",
        Prisma.sql`date < ${before}::date AND EXISTS (SELECT 1 FROM digests l WHERE l.user_id = digests.user_id AND l.date > digests.date)`,
        limit,
      ),
  },
];
