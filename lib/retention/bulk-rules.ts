import { archival } from "../broadcasts/broadcast-stats";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deletion, deletionByOwner, logCutoff, type RetentionRule } from "./rule";

const broadcasts = () => daysAgo(retentionEnv().RETAIN_BROADCAST_DAYS);
const ARCHIVED = Prisma.sql`o.figures IS NOT NULL`;

/** A job is deleted only after a later one of its kind. The last result stays, however old. */
const superseded = (before: Date) => Prisma.sql`o.ended_at < ${before}
  AND EXISTS (SELECT 1 FROM jobs l WHERE l.kind = o.kind AND l.status = 'done' AND l.ended_at > o.ended_at)`;

/** The parts of bulk work. Its results stay: a broadcast's figures, an import's counts. */
export const BULK_RULES: RetentionRule[] = [
  {
    // Counting a hundred thousand recipients takes a while, but locks only the broadcast.
    name: "figures of old broadcasts",
    before: broadcasts,
    statement: archival,
    maxRows: 1,
  },
  {
    name: "recipients of broadcasts",
    before: broadcasts,
    statement: (_, limit) =>
      deletionByOwner(
        { table: "notifications", key: "broadcast_id, user_id", owner: "broadcasts", on: "broadcast_id" },
        ARCHIVED,
        limit,
      ),
  },
  {
    name: "chunks of broadcasts",
    before: broadcasts,
    statement: (_, limit) =>
      deletionByOwner(
        { table: "broadcast_chunks", key: "broadcast_id, chunk", owner: "broadcasts", on: "broadcast_id" },
        ARCHIVED,
        limit,
      ),
  },
  {
    // Their number stays in the import.
    name: "bad rows of imports",
    before: logCutoff,
    statement: (before, limit) =>
      deletionByOwner(
        { table: "import_errors", key: "import_id, line, column_name", owner: "imports", on: "import_id" },
        Prisma.sql`o.ended_at < ${before}`,
        limit,
      ),
  },
  {
    name: "sums of jobs",
    before: logCutoff,
    statement: (before, limit) =>
      deletionByOwner(
        { table: "customer_months", key: "job_id, email, currency, month", owner: "jobs", on: "job_id" },
        superseded(before),
        limit,
      ),
  },
  {
    name: "jobs",
    before: logCutoff,
    statement: (before, limit) =>
      deletion(
        "jobs",
        "id",
        Prisma.sql`id IN (SELECT o.id FROM jobs o WHERE ${superseded(before)} AND NOT EXISTS (SELECT 1 FROM customer_months m WHERE m.job_id = o.id))`,
        limit,
      ),
  },
];
