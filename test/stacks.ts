import { availableParallelism } from "node:os";

/**
 * How many shops the tests of one kind share. Each worker has a shop of its own, because many tests count what is in it. A real
 * Inngest server takes one: the functions of every shop have the same ids.
 */
export const STACKS = process.env.INNGEST_BASE_URL ? 1 : Math.min(2, availableParallelism());

/** Returns what belongs to this worker. */
export function ofThisWorker<T>(all: T[]): T {
  const own = all[Number(process.env.VITEST_POOL_ID) - 1];
  if (!own) throw new Error(`There is no shop for worker ${process.env.VITEST_POOL_ID}.`);
  return own;
}
