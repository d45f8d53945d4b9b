import { now } from "../clock";
import { db } from "../db";

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
