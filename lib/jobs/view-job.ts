import { z } from "zod";
import type { JobStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { pageOf, readCursor } from "../pagination";

export const jobListSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

interface Row {
  id: string;
  kind: string;
  status: JobStatus;
  processed: number;
  total: number;
  result: unknown;
  error: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

const FIELDS = Prisma.sql`id, kind, status, processed, total, result, error, created_at AS "createdAt", ended_at AS "endedAt"`;

/** A job with its progress and, at its end, its result. @throws AppError `not_found` (404). */
export async function viewJob(id: string) {
  const [row] = await db().$queryRaw<Row[]>`SELECT ${FIELDS} FROM jobs WHERE id = ${id}`;
  if (!row) throw notFound("job");
  return { ...summary(row), result: row.result };
}

const summary = ({ processed, total, result: _, ...row }: Row) => ({
  ...row,
  /** Orders taken in, of how many; `share` from 0 to 1. */
  progress: { processed, total, share: row.status === "done" ? 1 : total === 0 ? 0 : Math.min(1, processed / total) },
});

const jobCursor = z.tuple([z.iso.datetime(), z.string()]);

/** Jobs, newest first. */
export async function listJobs({ limit, cursor }: z.output<typeof jobListSchema>) {
  const after = cursor === undefined ? undefined : readCursor(cursor, jobCursor);
  const rows = await db().$queryRaw<Row[]>`
    SELECT ${FIELDS} FROM jobs ${after ? Prisma.sql`WHERE (created_at, id) < (${after[0]}::timestamptz, ${after[1]})` : Prisma.empty}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return pageOf(rows, limit, summary, ({ createdAt, id }) => [createdAt.toISOString(), id]);
}

interface CustomerValue {
  email: string;
  currency: string;
  orders: number;
  /** Minor units. */
  lifetimeValue: number;
  firstMonth: string;
  lastMonth: string;
}

const customerCursor = z.tuple([z.number(), z.string(), z.string()]);

/** What each customer has been worth, the most valuable first. */
export async function listCustomerValues(jobId: string, { limit, cursor }: z.output<typeof jobListSchema>) {
  await viewJob(jobId);
  const after = cursor === undefined ? undefined : readCursor(cursor, customerCursor);
  const rows = await db().$queryRaw<CustomerValue[]>`
    SELECT email, currency, orders, "lifetimeValue", "firstMonth", "lastMonth" FROM (
      SELECT email, currency, sum(orders)::int AS orders, sum(revenue)::float8 AS "lifetimeValue",
        min(month) AS "firstMonth", max(month) AS "lastMonth"
      FROM customer_months WHERE job_id = ${jobId} GROUP BY email, currency) v
    ${after ? Prisma.sql`WHERE (-"lifetimeValue", email, currency) > (-${after[0]}::float8, ${after[1]}, ${after[2]})` : Prisma.empty}
    ORDER BY "lifetimeValue" DESC, email, currency LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => row,
    ({ lifetimeValue, email, currency }) => [lifetimeValue, email, currency],
  );
}
