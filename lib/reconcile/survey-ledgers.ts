import { ago, HOUR, MINUTE, now } from "../clock";
import { db } from "../db";
import { heartbeatUpsert } from "../heartbeats";

/** What has stopped moving outside the orders: ids, at most `LIMIT` of each kind; the next round finds the rest. */
export interface LedgerSurvey {
  /** When it was made. */
  at: string;
  /** Undecided past their deadline: their run is lost. */
  overdueExpenses: string[];
  /** Decided, and nobody was told, nor paid. */
  unsettledExpenses: string[];
  /** Expenses whose payment has stopped on its way out, and does not wait for a person. */
  idlePayouts: string[];
  /** Expenses whose money was to come back and has not. */
  openReversals: string[];
  /** Charges of subscriptions that have ended, and could still be paid or hold money. */
  unclosedCharges: string[];
}

const LIMIT = 50;
/** `process-payment` tries for 2.3 hours by itself. */
const IDLE = 3 * HOUR;

/** Looks for all of it in one statement, which leaves the cron's heartbeat as well. */
export async function surveyLedgers(runId: string): Promise<LedgerSurvey> {
  const at = now();
  const [found] = await db().$queryRaw<[Omit<LedgerSurvey, "at">]>`
    WITH heartbeat AS (${heartbeatUpsert("reconcile-ledgers", runId, at)})
    SELECT
      ARRAY(SELECT id FROM expenses WHERE status = 'pending' AND deadline_at < ${ago(10 * MINUTE, at)} ORDER BY deadline_at LIMIT ${LIMIT}) AS "overdueExpenses",
      ARRAY(SELECT id FROM expenses WHERE finalized_at IS NULL AND status <> 'pending' AND updated_at < ${ago(2 * MINUTE, at)}
            ORDER BY updated_at LIMIT ${LIMIT}) AS "unsettledExpenses",
      ARRAY(SELECT p.expense_id FROM payouts p JOIN expenses e ON e.id = p.expense_id
            WHERE p.status IN ('created', 'sending', 'sent') AND p.updated_at < ${ago(IDLE, at)} AND NOT (e.status = 'approved' AND EXISTS (
              SELECT 1 FROM manual_queue m WHERE m.kind = 'payout' AND m.entity_id = e.id AND m.resolved_at IS NULL))
            ORDER BY p.updated_at LIMIT ${LIMIT}) AS "idlePayouts",
      ARRAY(SELECT expense_id FROM payouts WHERE status = 'reversing' AND updated_at < ${ago(10 * MINUTE, at)}
            ORDER BY updated_at LIMIT ${LIMIT}) AS "openReversals",
      ARRAY(SELECT id FROM subscription_charges WHERE status IN ('failed', 'waived') AND (intent_open OR captured > refunded)
              AND updated_at < ${ago(10 * MINUTE, at)} ORDER BY updated_at LIMIT ${LIMIT}) AS "unclosedCharges"`;
  return { ...found, at: at.toISOString() };
}
