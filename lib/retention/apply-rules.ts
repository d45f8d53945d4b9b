import { db, transaction } from "../db";
import { retentionEnv } from "../env";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import { RETENTION_RULES } from "./rules";

/** Statements of one step: with 1,000 rows each they take seconds, well within a request. */
const STATEMENTS = 20;

/** How far a clean-up has got: the duty it is at, null when all are done. */
export interface Progress {
  duty: number | null;
  removed: number;
}

/**
 * Removes what is old, from the `duty`-th kind on, in one step's worth of short statements. Each is a transaction of its
 * own, so that no lock is held for longer than one takes.
 */
export async function applyRetentionRules(duty: number): Promise<Progress> {
  let removed = 0;
  let at = duty;
  for (let statements = 0; statements < STATEMENTS; statements++) {
    const current = RETENTION_RULES[at];
    if (!current) return { duty: null, removed };
    const limit = Math.min(current.most ?? Number.POSITIVE_INFINITY, retentionEnv().CLEANUP_BATCH);
    const rows = await db().$executeRaw(current.statement(current.before(), limit));
    removed += rows;
    if (rows < limit) at++;
  }
  return { duty: at < RETENTION_RULES.length ? at : null, removed };
}

/** Has a next run go on where this one has used up its steps. */
export async function continueCleanup(runId: string, duty: number): Promise<void> {
  const event: OutgoingEvent = { name: EVENTS.CLEANUP_CONTINUED, id: `cleanup-continued:${runId}`, data: { duty } };
  await transaction((tx) => enqueue(tx, [event]));
  await announce([event]);
}
