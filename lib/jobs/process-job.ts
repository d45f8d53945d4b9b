import type { Job } from "@/prisma/generated/client";
import { now } from "../clock";
import { db, Prisma, type Tx, transaction } from "../db";

interface Chunk extends Record<"orders" | "processed" | "total", number> {
  /** For the log. */
  orderIds: string[];
  more: boolean;
  skipped?: "ended" | "not_found";
}

/** Orders of one transaction, and ids of one log line. */
const CHUNK_SIZE = 500;

type LockedJob = Pick<Job, "status" | "until" | "cursor" | "processed" | "total">;

/**
 * Adds the next orders to a job's sums by customer and month. The same transaction advances the cursor, so each order counts
 * once however often this runs. Orders count if they were paid and not cancelled, less their refunds.
 * Returns the counted orders, and how many of `total` the job has `processed`.
 */
export async function processChunk(jobId: string): Promise<Chunk> {
  return transaction(async (tx) => {
    const [job] = await tx.$queryRaw<LockedJob[]>`
      SELECT status, until, cursor, processed, total FROM jobs WHERE id = ${jobId} FOR UPDATE`;
    const { processed = 0, total = 0 } = job ?? {};
    const none = { orders: 0, processed, total, orderIds: [], more: false };
    if (!job) return { ...none, skipped: "not_found" };
    if (job.status === "done" || job.status === "failed") return { ...none, skipped: "ended" };
    const orderIds = await addMonths(tx, jobId, job);
    const orders = orderIds.length;
    const after = { cursor: orderIds.at(-1) ?? job.cursor, processed: processed + orders };
    await tx.job.updateMany({ where: { id: jobId }, data: { status: "running", ...after, progressedAt: now() } });
    return { orders, processed: after.processed, total, orderIds, more: orders === CHUNK_SIZE };
  });
}

/** Returns the ids of the counted orders, in order. */
async function addMonths(tx: Tx, jobId: string, { until, cursor }: LockedJob): Promise<string[]> {
  const paid = Prisma.sql`status IN ('confirmed', 'shipped', 'delivered', 'refunded')`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH page AS (
      SELECT id, email, currency, created_at, status, total_amount FROM orders
      WHERE id > ${cursor} AND created_at <= ${until} ORDER BY id LIMIT ${CHUNK_SIZE}
    ), added AS (
      INSERT INTO customer_months AS saved (job_id, email, currency, month, orders, revenue)
      SELECT ${jobId}, lower(email), currency, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM'), count(*)::int,
        sum(total_amount - coalesce((SELECT sum(r.amount) FROM refunds r WHERE r.order_id = page.id AND r.status = 'succeeded'), 0))::bigint
      FROM page WHERE ${paid} GROUP BY 2, 3, 4
      ON CONFLICT (job_id, email, currency, month) DO UPDATE
        SET orders = saved.orders + excluded.orders, revenue = saved.revenue + excluded.revenue
    )
    SELECT id FROM page ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** Four years of monthly cohorts: about 1,200 figures and 50 KB. */
const MAX_COHORTS = 48;

/**
 * Ends a job with the result of its chunks' sums: for each currency the number and value of customers, and for each cohort
 * (customers by the month of their first order) how many returned in which month and their revenue. A second call changes
 * nothing.
 */
export async function finishJob(jobId: string): Promise<{ cohorts: number }> {
  const [row] = await db().$queryRaw<{ cohorts: number }[]>`
    WITH months AS (
      SELECT m.*, min(month) OVER (PARTITION BY email, currency) AS cohort FROM customer_months m WHERE job_id = ${jobId}
    ), lifetime AS (
      SELECT currency, email, sum(revenue) AS revenue, sum(orders) AS orders FROM months GROUP BY currency, email
    ), totals AS (
      SELECT currency, count(*)::int AS customers, sum(orders)::int AS orders, sum(revenue)::float8 AS revenue,
        round(avg(revenue))::float8 AS average, percentile_disc(0.5) WITHIN GROUP (ORDER BY revenue)::float8 AS median,
        count(*) FILTER (WHERE orders > 1)::int AS returning FROM lifetime GROUP BY currency
    ), cells AS (
      SELECT currency, cohort, month, count(DISTINCT email)::int AS customers, sum(orders)::int AS orders, sum(revenue)::float8 AS revenue
      FROM months GROUP BY currency, cohort, month
    ), cohorts AS (
      SELECT currency, cohort, json_agg(json_build_object('month', month, 'customers', customers, 'orders', orders, 'revenue', revenue) ORDER BY month) AS months
      FROM cells GROUP BY currency, cohort ORDER BY cohort DESC, currency LIMIT ${MAX_COHORTS}
    ), result AS (
      SELECT json_build_object(
        'customers', (SELECT coalesce(json_agg(t ORDER BY currency), '[]') FROM totals t),
        'cohorts', (SELECT coalesce(json_agg(c ORDER BY cohort, currency), '[]') FROM cohorts c)) AS value
    ), done AS (
      UPDATE jobs SET status = 'done', result = result.value::jsonb, ended_at = ${now()}, progressed_at = ${now()} FROM result
      WHERE id = ${jobId} AND status = 'running'
    )
    SELECT count(*)::int AS cohorts FROM cohorts`;
  return { cohorts: row?.cohorts ?? 0 };
}

/** Ends a job that failed, with the reason. */
export async function failJob(jobId: string, reason: string): Promise<void> {
  const at = now();
  await db().job.updateMany({
    where: { id: jobId, status: { in: ["queued", "running"] } },
    data: { status: "failed", error: reason, endedAt: at, progressedAt: at },
  });
}
