import { ago, HOUR, MINUTE, now } from "../clock";
import { db } from "../db";
import { each } from "../reconcile/each";
import { REMINDER_AFTER_MS } from "./policy";
import { remindManagers, requestApproval } from "./request-approval";

/** A run that is alive has written its emails down by then. */
const PATIENCE = 30 * MINUTE;
/** Of each kind; the next round finds the rest. */
const LIMIT = 50;

/**
 * Asks and reminds the managers of expenses whose run the engine has lost: nobody else would, and the deadline would reject
 * what nobody was asked about. Emails that are written down already are not written again. Returns how many expenses.
 */
export async function askForgotten(): Promise<{ asked: number; failed: number }> {
  const at = now();
  const [{ unasked, unreminded }] = await db().$queryRaw<[{ unasked: string[]; unreminded: string[] }]>`
    SELECT
      ARRAY(SELECT id FROM expenses e WHERE status = 'pending' AND deadline_at > ${at} AND created_at < ${ago(PATIENCE, at)}
        AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'expense_request' AND m.entity_id = e.id)
        ORDER BY deadline_at LIMIT ${LIMIT}) AS unasked,
      ARRAY(SELECT id FROM expenses WHERE status = 'pending' AND deadline_at > ${at} AND created_at < ${ago(REMINDER_AFTER_MS + HOUR, at)}
        AND reminded_at IS NULL ORDER BY deadline_at LIMIT ${LIMIT}) AS unreminded`;
  const asked = await each(unasked, requestApproval);
  const reminded = await each(unreminded, remindManagers);
  return { asked: asked.done + reminded.done, failed: asked.failed + reminded.failed };
}
