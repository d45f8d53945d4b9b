import { archival } from "../broadcasts/broadcast-stats";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { days, deletion, deletionOf, logs, type RetentionRule } from "./rule";

const broadcasts = () => days(retentionEnv().RETAIN_BROADCAST_DAYS);
const ARCHIVED = Prisma.sql`o.figures IS NOT NULL`;

/** A job gives way to a later one of its kind; the last result stays, however old. */
const superseded = (before: Date) => Prisma.sql`o.ended_at < ${before}
  AND EXISTS (SELECT 1 FROM jobs l WHERE l.kind = o.kind AND l.status = 'done' AND l.ended_at > o.ended_at)`;

/** What bulk work was made of. What came of it stays: a broadcast's figures, an import's counts. */
export const BULK_RULES: RetentionRule[] = [
  {
    // Counting a hundred thousand recipients takes a moment, in which nothing is locked but the broadcast itself.
    name: "broadcasts to count for good",
    before: broadcasts,
    statement: archival,
    most: 1,
  },
  {
    name: "recipients of broadcasts",
    before: broadcasts,
    statement: (_, limit) =>
      deletionOf(
        { table: "notifications", key: "broadcast_id, user_id", owner: "broadcasts", on: "broadcast_id" },
        ARCHIVED,
        limit,
      ),
  },
  {
    name: "chunks of broadcasts",
    before: broadcasts,
    statement: (_, limit) =>
      deletionOf(
        { table: "broadcast_chunks", key: "broadcast_id, chunk", owner: "broadcasts", on: "broadcast_id" },
        ARCHIVED,
        limit,
      ),
  },
  {
    // How many there were stays with the import.
    name: "bad rows of imports",
    before: logs,
    statement: (before, limit) =>
      deletionOf(
        { table: "import_errors", key: "import_id, line, column_name", owner: "imports", on: "import_id" },
        Prisma.sql`o.ended_at < ${before}`,
        limit,
      ),
  },
  {
    name: "what jobs added up",
    before: logs,
    statement: (before, limit) =>
      deletionOf(
        { table: "customer_months", key: "job_id, email, currency, month", owner: "jobs", on: "job_id" },
        superseded(before),
        limit,
      ),
  },
  {
    name: "jobs",
    before: logs,
    statement: (before, limit) =>
      deletion(
        "jobs",
        "id",
        Prisma.sql`id IN (SELECT o.id FROM jobs o WHERE ${superseded(before)} AND NOT EXISTS (SELECT 1 FROM customer_months m WHERE m.job_id = o.id))`,
        limit,
      ),
  },
];
