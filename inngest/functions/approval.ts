import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { finalizeExpense, rejectExpiredExpense } from "@/lib/expenses/change-expense";
import { readNextAction, remindManagers, requestApproval } from "@/lib/expenses/expense-emails";

export const approvalWorkflow = inngest.createFunction(
  {
    id: "approval-workflow",
    name: "Get an expense approved",
    description:
      "Asks the managers, reminds them after three days, rejects after seven; notifies the submitter and triggers the payout.",
    triggers: [ownEvent("expense/submitted")],
    retries: RETRIES_FOR_TWO_HOURS,
    // An approval is not urgent. The limit prevents that a burst of submissions uses all database connections.
    concurrency: [{ limit: 20 }],
  },
  async ({ event, step }) => {
    const { expenseId } = event.data;
    await step.run("ask-managers", () => requestApproval(expenseId));

    // The database decides about the next action before and after each wait. So a decision just before a wait is seen when the
    // wait ends, and a run that starts late takes the action that is due.
    for (let check = 1; ; check++) {
      const next = await step.run(`check-expense-${check}`, () => readNextAction(expenseId));
      if (next.do === "unknown") return { expenseId, status: "There is no such expense." };
      if (next.do === "finalize") break;
      if (next.do === "remind") await step.run("remind-managers", () => remindManagers(expenseId));
      if (next.do === "reject") await step.run("reject-expired", () => rejectExpiredExpense(expenseId));
      if (next.do === "wait")
        await step.waitForEvent(`wait-for-decision-${check}`, {
          event: eventType("expense/closed"),
          timeout: next.ms,
          if: "async.data.expenseId == event.data.expenseId",
        });
    }

    const status = await step.run("finalize", () => finalizeExpense(expenseId));
    return { expenseId, status };
  },
);
