import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";

/** The orders that a chunk counted. */
export interface Chunk {
  orders: number;
  /** Orders counted by the job so far, and in all. */
  processed: number;
  total: number;
  /** The orders of the chunk, for the log. */
  orderIds: string[];
  more: boolean;
  skipped?: "ended" | "not_found";
}

/** Orders of one transaction, and ids of one log line. */
const CHUNK_SIZE = 500;

interface LockedJob {
  status: "queued" | "running" | "done" | "failed";
  until: Date;
  cursor: string;
  processed: number;
  total: number;
}

/**
 * Adds the next orders to a job's sums by customer and month. The same transaction advances the cursor, so each order counts
 * once however often this runs. Orders count if they were paid and not cancelled, less their refunds.
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
