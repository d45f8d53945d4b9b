import { db } from "../db";
import { retentionEnv } from "../env";
import { EVENTS } from "../events";
import { batchSendEvents } from "../inngest";
import { RETENTION_RULES } from "./rules";

/** Statements of one step. With 1,000 rows each they take seconds, which is far below the limit of a request. */
const STATEMENTS_PER_STEP = 20;

/**
 * Applies the rules from index `rule` on, for one step's number of short statements. Each statement is one transaction, so no
 * lock is held for longer than a statement takes. Returns the index of the current rule, null at the end.
 */
export async function applyRetentionRules(rule: number): Promise<{ rule: number | null; removed: number }> {
  let removed = 0;
  let index = rule;
  for (let statements = 0; statements < STATEMENTS_PER_STEP; statements++) {
    const current = RETENTION_RULES[index];
    if (!current) return { rule: null, removed };
    const limit = Math.min(current.maxRows ?? Number.POSITIVE_INFINITY, retentionEnv().CLEANUP_BATCH);
    const rows = await db().$executeRaw(current.statement(current.before(), limit));
    removed += rows;
    if (rows < limit) index++;
  }
  return { rule: index < RETENTION_RULES.length ? index : null, removed };
}

/** Triggers a run that continues with the rule at index `rule`. */
export const continueCleanup = (runId: string, rule: number): Promise<void> =>
  batchSendEvents([{ name: EVENTS.CLEANUP_CONTINUED, id: `cleanup-continued:${runId}`, data: { rule } }]);
