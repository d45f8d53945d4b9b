import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";

/** What a chunk took in. */
export interface Chunk {
  orders: number;
  /** Orders taken in by the job so far, and in all. */
  processed: number;
  total: number;
  /** The orders of the chunk, for the log. */
  orderIds: string[];
  more: boolean;
  /** Why there was nothing to do. */
  skipped?: "ended" | "no_longer_there";
}

/** Orders in one transaction, and ids in one line of the log. */
const CHUNK = 500;

interface Job {
  status: "queued" | "running" | "done" | "failed";
  until: Date;
  cursor: string;
  processed: number;
  total: number;
}

/**
 * Takes the next orders into a job: what each customer spent in each month is added up, and the cursor moved, in one
 * transaction, so that an order counts once however often this runs. Orders count when they were paid and not cancelled, less
 * what was refunded.
 */
export async function processChunk(jobId: string): Promise<Chunk> {
  return transaction(async (tx) => {
    const [job] = await tx.$queryRaw<Job[]>`
      SELECT status, until, cursor, processed, total FROM jobs WHERE id = ${jobId} FOR UPDATE`;
    const { processed = 0, total = 0 } = job ?? {};
    const none = { orders: 0, processed, total, orderIds: [], more: false };
    if (!job) return { ...none, skipped: "no_longer_there" };
    if (job.status === "done" || job.status === "failed") return { ...none, skipped: "ended" };
    const orderIds = await addMonths(tx, jobId, job);
    const last = orderIds.at(-1) ?? job.cursor;
    await tx.$executeRaw`
      UPDATE jobs SET status = 'running', cursor = ${last}, processed = processed + ${orderIds.length}, moved_at = ${now()} WHERE id = ${jobId}`;
    const orders = orderIds.length;
    return { orders, processed: processed + orders, total, orderIds, more: orders === CHUNK };
  });
}

/** The ids of the orders it added, in their order. */
async function addMonths(tx: Tx, jobId: string, { until, cursor }: Job): Promise<string[]> {
  const paid = Prisma.sql`status IN ('confirmed', 'shipped', 'delivered', 'refunded')`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH page AS (
      SELECT id, email, currency, created_at, status, total_amount FROM orders
      WHERE id > ${cursor} AND created_at <= ${until} ORDER BY id LIMIT ${CHUNK}
    ), added AS (
      INSERT INTO customer_months AS known (job_id, email, currency, month, orders, revenue)
      SELECT ${jobId}, lower(email), currency, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM'), count(*)::int,
        sum(total_amount - coalesce((SELECT sum(r.amount) FROM refunds r WHERE r.order_id = page.id AND r.status = 'succeeded'), 0))::bigint
      FROM page WHERE ${paid} GROUP BY 2, 3, 4
      ON CONFLICT (job_id, email, currency, month) DO UPDATE
        SET orders = known.orders + excluded.orders, revenue = known.revenue + excluded.revenue
    )
    SELECT id FROM page ORDER BY id`;
  return rows.map(({ id }) => id);
}
