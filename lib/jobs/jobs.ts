import { z } from "zod";
import { JobStatus } from "@/prisma/generated/enums";
import { ago, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { notFound } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { batchSendEvents } from "../inngest";
import { withOutbox } from "../outbox";
import { countRows, newestFirst, newestFirstPage, pageOf, pageQuery, readCursor } from "../pagination";
import { againSuffix, type Sweep } from "../sweep";
import { countSchema, selectOf, timeSchema } from "../view-schemas";

/** `customer_value` analyses all orders: the value of each customer, and the retention of cohorts. */
export const jobSchema = z.strictObject({ kind: z.enum(["customer_value"]) });

interface NewJob extends z.output<typeof jobSchema> {
  /** What its sender knows of it. */
  metadata?: Prisma.InputJsonObject;
}

/** Creates a job over the orders placed up to now and triggers it. A second call with the same id changes nothing. */
export async function createJob(job: NewJob, createdBy: string, id = newId("job")): Promise<{ id: string }> {
  const at = now();
  await withOutbox(async (tx, publish) => {
    const total = await tx.order.count({ where: { createdAt: { lte: at } } });
    const data = { ...job, id, createdBy, until: at, total, createdAt: at, progressedAt: at };
    await tx.job.createMany({ data, skipDuplicates: true });
    publish(jobEvent(id));
  });
  return { id };
}

/** Returns the event that triggers the work on a job. `again` distinguishes a later event from the first one. */
function jobEvent(jobId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_PROCESS, id: `data-process:${jobId}${again}`, data: { jobId } };
}

export const jobListSchema = pageQuery(20);

export const jobSummarySchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  status: z.enum(JobStatus),
  error: z.string().nullable(),
  createdAt: timeSchema,
  endedAt: timeSchema.nullable(),
  /** Orders counted, of how many; `share` from 0 to 1. */
  progress: z.strictObject({ processed: countSchema, total: countSchema, share: z.number().min(0).max(1) }),
  metadata: z.unknown().describe("The `id` and `data` of the event that a storefront has sent."),
});
export const jobViewSchema = jobSummarySchema.extend({ result: z.unknown() });

const SUMMARY = { ...selectOf(jobSummarySchema.omit({ progress: true })), processed: true, total: true } as const;

/** Returns a job with its progress and, at its end, its result. @throws AppError `not_found` (404). */
export async function viewJob(id: string) {
  const row = await db().job.findUnique({ where: { id }, select: { ...SUMMARY, result: true } });
  if (!row) throw notFound("job");
  return summary(row);
}

const summary = <R extends { status: string; processed: number; total: number }>({ processed, total, ...row }: R) => ({
  ...row,
  progress: { processed, total, share: row.status === "done" ? 1 : total === 0 ? 0 : Math.min(1, processed / total) },
});

/** Returns a page of jobs, newest first. */
export async function listJobs(query: z.output<typeof jobListSchema>) {
  const rows = await db().job.findMany({ select: SUMMARY, ...newestFirst(query) });
  return newestFirstPage(rows, query.limit, summary);
}

/** Returns the number of jobs. */
export const countJobs = () => countRows((limit) => db().job.count(limit));

export const customerValueSchema = z.strictObject({
  email: z.string(),
  currency: z.string(),
  orders: countSchema,
  lifetimeValue: z.number().describe("In minor units, less refunds."),
  firstMonth: z.string(),
  lastMonth: z.string(),
});

const customerCursor = z.tuple([z.number(), z.string(), z.string()]);

/** Returns a page of customers with their lifetime value, highest first. @throws AppError `not_found` (404). */
export async function listCustomerValues(jobId: string, { limit, cursor }: z.output<typeof jobListSchema>) {
  await viewJob(jobId);
  const after = cursor === undefined ? undefined : readCursor(cursor, customerCursor);
  const rows = await db().$queryRaw<z.output<typeof customerValueSchema>[]>`
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

/** Longer than any step of a job takes. */
const MAX_IDLE_MS = 30 * MINUTE;

export const stalledJobs: Sweep = {
  name: "stalled-jobs",
  description: "Starts jobs again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM jobs WHERE status IN ('queued', 'running') AND progressed_at < ${ago(MAX_IDLE_MS, at)}`,
  async repairAll(ids) {
    await batchSendEvents(ids.map((id) => jobEvent(id, againSuffix())));
    return ids.length;
  },
};
