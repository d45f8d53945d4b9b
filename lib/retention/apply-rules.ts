import { db } from "../db";
import { retentionEnv } from "../env";
import { EVENTS } from "../events";
import { withOutbox } from "../outbox";
import { ACCOUNT_RULES } from "./account-rules";
import { BULK_RULES } from "./bulk-rules";
import { EMAIL_RULES } from "./email-rules";
import { LOG_RULES } from "./log-rules";
import type { RetentionRule } from "./rule";

/**
 * Every retention rule. No rule deletes pending work (to be sent, processed or decided), nor
 * - the books: orders and their timelines, reservations, payments, refunds, shipments, stock movements, coupons, expenses,
 *   payouts, subscriptions and charges, reports;
 * - what users gave us: consent, suppressions, accounts, webhook endpoints and push subscriptions (these end when they answer
 *   410 Gone);
 * - the sources of figures and single rows of users: onboarding, exposures to experiments.
 */
export const RETENTION_RULES: RetentionRule[] = [...LOG_RULES, ...EMAIL_RULES, ...BULK_RULES, ...ACCOUNT_RULES];

/** Statements of one step. With 1,000 rows each they take seconds, which is far below the limit of a request. */
const STATEMENTS_PER_STEP = 20;

/** The position of a clean-up: the index of the current rule, null at the end. */
export interface Progress {
  rule: number | null;
  removed: number;
}

/**
 * Applies the rules from index `rule` on, for one step's number of short statements. Each statement is one transaction, so no
 * lock is held for longer than a statement takes.
 */
export async function applyRetentionRules(rule: number): Promise<Progress> {
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
export async function continueCleanup(runId: string, rule: number): Promise<void> {
  const id = `cleanup-continued:${runId}`;
  await withOutbox(async (_, publish) => publish({ name: EVENTS.CLEANUP_CONTINUED, id, data: { rule } }), {
    singleStatement: true,
  });
}
