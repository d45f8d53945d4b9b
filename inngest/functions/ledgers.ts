import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { closeCharge } from "@/lib/billing/close-charge";
import { tellForgotten } from "@/lib/billing/tell-forgotten";
import { askForgotten } from "@/lib/expenses/ask-forgotten";
import { rejectExpiredExpense } from "@/lib/expenses/decide-expense";
import { finalizeExpense } from "@/lib/expenses/finalize-expense";
import { checkTransfers } from "@/lib/payouts/check-transfers";
import { resumePayouts } from "@/lib/payouts/resume-payouts";
import { reversePayout } from "@/lib/payouts/reverse-payout";
import { each } from "@/lib/reconcile/each";
import { surveyLedgers } from "@/lib/reconcile/survey-ledgers";

/** The reconciler of the money that is not an order's: does not trust the engine, nor that every answer of Stripe arrived. */
export const reconcileLedgers = inngest.createFunction(
  {
    id: "reconcile-ledgers",
    name: "Reconcile the ledgers",
    description:
      "Expenses nobody was asked about, decided, told of or paid; money that should have come back; charges that ended and could be paid, and what subscribers were not told.",
    // Customers wait for orders, which are looked at every minute; a quarter of an hour is soon for money that moves between banks.
    triggers: [cron("*/15 * * * *")],
    // The next round is a quarter of an hour away; what it looks for has been silent for longer than its own retries take.
    retries: 1,
    // Two rounds at once would do the same work twice.
    concurrency: [{ limit: 1 }],
  },
  async ({ step, runId }) => {
    const found = await step.run("survey", () => surveyLedgers(runId));
    const done: Record<string, unknown> = {};
    if (found.overdueExpenses.length > 0)
      done.rejected = await step.run("reject-overdue-expenses", () =>
        each(found.overdueExpenses, rejectExpiredExpense),
      );
    if (found.unsettledExpenses.length > 0)
      done.settled = await step.run("settle-expenses", () => each(found.unsettledExpenses, finalizeExpense));
    if (found.idlePayouts.length > 0)
      done.resumed = await step.run("resume-payouts", () => resumePayouts(found.idlePayouts));
    if (found.openReversals.length > 0)
      done.reversed = await step.run("reverse-payouts", () =>
        each(found.openReversals, (expenseId) => reversePayout(expenseId, "resumed")),
      );
    if (found.unclosedCharges.length > 0)
      done.closed = await step.run("close-charges", () => each(found.unclosedCharges, closeCharge));
    done.asked = await step.run("ask-managers", () => askForgotten());
    done.told = await step.run("tell-subscribers", () => tellForgotten());
    done.transfers = await step.run("check-transfers", () => checkTransfers());
    return done;
  },
);
