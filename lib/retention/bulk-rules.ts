import { archival } from "../broadcasts/broadcast-stats";
import { Prisma } from "../db";
import { retentionEnv } from "../env";
import { daysAgo, deleteRows, deleteRowsOf, logCutoff, type RetentionRule } from "./rule";

const broadcastCutoff = () => daysAgo(retentionEnv().RETAIN_BROADCAST_DAYS);
const archived = () => Prisma.sql`o.figures IS NOT NULL`;
const ofBroadcasts = { owner: "broadcasts", on: "broadcast_id" };

/** A job is deleted only after a later one of its kind. The latest result is never deleted. */
const superseded = (before: Date) => Prisma.sql`o.ended_at < ${before}
  AND EXISTS (SELECT 1 FROM jobs l WHERE l.kind = o.kind AND l.status = 'done' AND l.ended_at > o.ended_at)`;

/** The parts of bulk work. Its results stay: a broadcast's figures, an import's counts. */
export const BULK_RULES: RetentionRule[] = [
  // Counting a hundred thousand recipients is slow, but locks only the broadcast.
  { name: "figures of old broadcasts", before: broadcastCutoff, statement: archival, maxRows: 1 },
  deleteRowsOf(
    "recipients of broadcasts",
    ["notifications", "broadcast_id, user_id"],
    ofBroadcasts,
    broadcastCutoff,
    archived,
  ),
  deleteRowsOf(
    "chunks of broadcasts",
    ["broadcast_chunks", "broadcast_id, chunk"],
    ofBroadcasts,
    broadcastCutoff,
    archived,
  ),
  // Their number stays in the import.
  deleteRowsOf(
    "bad rows of imports",
    ["import_errors", "import_id, line, column_name"],
    { owner: "imports", on: "import_id" },
    logCutoff,
    (before) => Prisma.sql`o.ended_at < ${before}`,
  ),
  deleteRowsOf(
    "SKUs of ended imports",
    ["import_skus", "import_id, sku"],
    { owner: "imports", on: "import_id" },
    () => daysAgo(1),
    (before) => Prisma.sql`o.ended_at < ${before}`,
  ),
  deleteRowsOf(
    "sums of jobs",
    ["customer_months", "job_id, email, currency, month"],
    { owner: "jobs", on: "job_id" },
    logCutoff,
    superseded,
  ),
  deleteRows("jobs", ["jobs", "id"], logCutoff, (before) => {
    const withoutSums = Prisma.sql`NOT EXISTS (SELECT 1 FROM customer_months m WHERE m.job_id = o.id)`;
    return Prisma.sql`id IN (SELECT o.id FROM jobs o WHERE ${superseded(before)} AND ${withoutSums})`;
  }),
];
