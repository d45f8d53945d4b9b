import { now } from "../clock";
import { db } from "../db";

/** At most so many months of cohorts: four years, which is some 1,200 figures and 50 KB. */
const MONTHS = 48;

/**
 * Draws a job's conclusion from what its chunks added up: for each currency how many customers there are and what one has been
 * worth, and for each cohort (customers by the month of their first order) who came back in which month and what it brought.
 * Once: a second call finds the job done.
 */
export async function finishJob(jobId: string): Promise<{ cohorts: number }> {
  const [row] = await db().$queryRaw<{ cohorts: number }[]>`
    WITH months AS (
      SELECT m.*, min(month) OVER (PARTITION BY email, currency) AS cohort FROM customer_months m WHERE job_id = ${jobId}
    ), worth AS (
      SELECT currency, email, sum(revenue) AS revenue, sum(orders) AS orders FROM months GROUP BY currency, email
    ), totals AS (
      SELECT currency, count(*)::int AS customers, sum(orders)::int AS orders, sum(revenue)::float8 AS revenue,
        round(avg(revenue))::float8 AS average, percentile_disc(0.5) WITHIN GROUP (ORDER BY revenue)::float8 AS median,
        count(*) FILTER (WHERE orders > 1)::int AS returning FROM worth GROUP BY currency
    ), cells AS (
      SELECT currency, cohort, month, count(DISTINCT email)::int AS customers, sum(orders)::int AS orders, sum(revenue)::float8 AS revenue
      FROM months GROUP BY currency, cohort, month
    ), cohorts AS (
      SELECT currency, cohort, json_agg(json_build_object('month', month, 'customers', customers, 'orders', orders, 'revenue', revenue) ORDER BY month) AS months
      FROM cells GROUP BY currency, cohort ORDER BY cohort DESC, currency LIMIT ${MONTHS}
    ), result AS (
      SELECT json_build_object(
        'customers', (SELECT coalesce(json_agg(t ORDER BY currency), '[]') FROM totals t),
        'cohorts', (SELECT coalesce(json_agg(c ORDER BY cohort, currency), '[]') FROM cohorts c)) AS value
    ), done AS (
      UPDATE jobs SET status = 'done', result = result.value::jsonb, ended_at = ${now()}, moved_at = ${now()} FROM result
      WHERE id = ${jobId} AND status = 'running'
    )
    SELECT count(*)::int AS cohorts FROM cohorts`;
  return { cohorts: row?.cohorts ?? 0 };
}

/** Ends a job that could not be done, with the reason. */
export async function failJob(jobId: string, reason: string): Promise<void> {
  await db().$executeRaw`
    UPDATE jobs SET status = 'failed', error = ${reason}, ended_at = ${now()}, moved_at = ${now()}
    WHERE id = ${jobId} AND status IN ('queued', 'running')`;
}
