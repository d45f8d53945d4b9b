import { after, now } from "./clock";
import { db, Prisma, type Tx } from "./db";
import { AppError } from "./errors";

/** A rate limit: on average `count` slots in each `periodMs`, of which `burst` may be used at once. */
export interface RateLimit {
  count: number;
  periodMs: number;
  /** Slots that may be used at once; by default `count`. At most `count + burst` slots are used in any `periodMs`. */
  burst?: number;
}

/** The `maxWaitMs` that accepts any wait for the next free slot. */
export const ANY_WAIT = Number.MAX_SAFE_INTEGER;

/**
 * Takes the next slot of the bucket `key` and returns the wait until it, in ms (0: no wait). Returns undefined, and takes no
 * slot, if the wait would exceed `maxWaitMs`. `from` is the earliest time of a slot.
 *
 * The only limiter of the project, by the generic cell rate algorithm (GCRA, ITU-T I.371) in one statement. The row stores the
 * theoretical arrival time (`tat`) of the next slot, so there is nothing to refill. A transaction that rolls back takes no slot.
 */
export async function acquireSlot(
  key: string,
  { count, periodMs, burst = count }: RateLimit,
  { maxWaitMs = 0, tx = db(), from = now() }: { maxWaitMs?: number; tx?: Tx; from?: Date } = {},
): Promise<number | undefined> {
  const at = now();
  const [slot] = await tx.$queryRaw<
    { tat: Date }[]
  >`${slotInsert(key, { count, periodMs, burst }, { maxWaitMs, from, at })}`;
  const interval = Math.ceil(periodMs / count);
  return slot && Math.max(0, slot.tat.getTime() - interval * burst - at.getTime());
}

/** Returns the INSERT that takes a slot, as a CTE of a larger statement. It returns a row if there is a slot now. */
export function slotInsert(
  key: string,
  { count, periodMs, burst = count }: RateLimit,
  { maxWaitMs = 0, at = now(), from = at }: { maxWaitMs?: number; at?: Date; from?: Date } = {},
): Prisma.Sql {
  const interval = Math.ceil(periodMs / count);
  // A slot that starts at `tat` may be used this many ms early.
  const tolerance = interval * (burst - 1);
  const latest = new Date(Math.min(at.getTime() + tolerance + maxWaitMs, MAX_TIME));
  return Prisma.sql`
    INSERT INTO rate_limits AS bucket (key, tat) VALUES (${key}, ${after(interval, from)}::timestamptz)
    ON CONFLICT (key) DO UPDATE SET tat = greatest(bucket.tat, ${from}::timestamptz) + ${interval} * interval '1 millisecond'
    WHERE greatest(bucket.tat, ${from}::timestamptz) <= ${latest}::timestamptz
    RETURNING tat`;
}

/** The latest time that both PostgreSQL and JavaScript can represent without special cases: year 9999. */
const MAX_TIME = 253_402_300_799_000;

/** @throws AppError `too_many_requests` (429), with the wait in `retry`, if the bucket has no slot now. */
export async function enforceRateLimit(tx: Tx, key: string, limit: RateLimit): Promise<void> {
  if ((await acquireSlot(key, limit, { tx })) === undefined) throw tooManyRequests(limit);
}

export const tooManyRequests = ({ periodMs, count }: RateLimit) =>
  new AppError("too_many_requests", 429, "Too many requests; try again shortly.", {
    retry: Math.ceil(periodMs / count),
  });
