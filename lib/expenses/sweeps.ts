import { ago, HOUR, MINUTE } from "../clock";
import { Prisma } from "../db";
import type { Sweep } from "../sweep";
import { finalizeExpense, rejectExpiredExpense } from "./change-expense";
import { remindManagers, requestApproval } from "./expense-emails";
import { REMINDER_AFTER_MS } from "./policy";

/** The run of an expense ends it at its deadline. If the expense is still open after this time, the run is lost. */
const DEADLINE_GRACE_MS = 10 * MINUTE;
/** The run of an expense finalizes it within seconds of the decision. */
const FINALIZE_GRACE_MS = 2 * MINUTE;
/** A run that is alive has stored its emails by then. */
const REQUEST_GRACE_MS = 30 * MINUTE;

export const overdueExpenses: Sweep = {
  name: "overdue-expenses",
  description: "Rejects expenses without a decision before their deadline.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM expenses WHERE status = 'pending' AND deadline_at < ${ago(DEADLINE_GRACE_MS, at)} ORDER BY deadline_at`,
  repair: rejectExpiredExpense,
};

export const unfinalizedExpenses: Sweep = {
  name: "unfinalized-expenses",
  description: "Notifies the submitter of a decided expense, and requests its payout.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM expenses WHERE finalized_at IS NULL AND status <> 'pending' AND updated_at < ${ago(FINALIZE_GRACE_MS, at)}
    ORDER BY updated_at`,
  repair: finalizeExpense,
};

export const unrequestedApprovals: Sweep = {
  name: "unrequested-approvals",
  description: "Asks managers for the approval of expenses whose run was lost before it did.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT e.id FROM expenses e WHERE status = 'pending' AND deadline_at > ${at} AND created_at < ${ago(REQUEST_GRACE_MS, at)}
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'expense_request' AND m.entity_id = e.id)
    ORDER BY deadline_at`,
  repair: requestApproval,
};

export const unremindedApprovals: Sweep = {
  name: "unreminded-approvals",
  description: "Reminds managers of open expenses whose run was lost before it did.",
  intervalMs: 15 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT id FROM expenses WHERE status = 'pending' AND deadline_at > ${at} AND created_at < ${ago(REMINDER_AFTER_MS + HOUR, at)}
      AND reminded_at IS NULL ORDER BY deadline_at`,
  repair: remindManagers,
};
