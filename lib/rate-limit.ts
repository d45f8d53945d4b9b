import { after, now } from "./clock";
import type { Tx } from "./db";
import { AppError } from "./errors";

export interface Limit {
  /** So many at once, and in any `period` ms. */
  count: number;
  period: number;
}

/**
 * Takes one from the bucket `key`, in one statement (GCRA: the row holds when the bucket will be empty again, so there is
 * nothing to refill). Within a transaction that rolls back, nothing is taken.
 *
 * @throws AppError `too_many_requests` (429) with the wait in `retry`.
 */
export async function takeFromBucket(tx: Tx, key: string, { count, period }: Limit): Promise<void> {
  const at = now();
  const step = Math.ceil(period / count);
  const taken = await tx.$queryRaw<unknown[]>`
    INSERT INTO rate_limits AS bucket (key, tat) VALUES (${key}, ${after(step, at)})
    ON CONFLICT (key) DO UPDATE SET tat = greatest(bucket.tat, ${at}::timestamptz) + ${step} * interval '1 millisecond'
    WHERE greatest(bucket.tat, ${at}::timestamptz) + ${step} * interval '1 millisecond' <= ${after(period, at)}::timestamptz
    RETURNING key`;
  if (taken.length === 0)
    throw new AppError("too_many_requests", 429, "Too many requests; try again shortly.", { retry: step });
}
