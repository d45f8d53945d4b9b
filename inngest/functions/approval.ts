import { inngest } from "@/inngest/client";
import { expenseClosed, expenseSubmitted } from "@/inngest/events";
import { rejectExpiredExpense } from "@/lib/expenses/decide-expense";
import { finalizeExpense } from "@/lib/expenses/finalize-expense";
import { readMove } from "@/lib/expenses/read-move";
import { remindManagers, requestApproval } from "@/lib/expenses/request-approval";

/** An expense from its submission to a decision: a person's, or that of the deadline. */
export const approvalWorkflow = inngest.createFunction(
  {
    id: "approval-workflow",
    name: "Get an expense approved",
    description:
      "Asks the managers, reminds them after three days, rejects after seven; tells the submitter and has it paid.",
    triggers: [expenseSubmitted],
    // Its steps need nothing but the database (emails are written down and sent by another run): two hours of outage are enough.
    retries: 9,
    // Human pace; this keeps a burst of submissions from taking all connections of the database.
    concurrency: [{ limit: 20 }],
  },
  async ({ event, step }) => {
    const { expenseId } = event.data;
    await step.run("ask-managers", () => requestApproval(expenseId));

    // The database says what is to be done, before and after each wait: a decision that came in the instant before one is
    // seen when it ends, and a run that starts late does what is due by then.
    for (let look = 1; ; look++) {
      const move = await step.run(`look-${look}`, () => readMove(expenseId));
      if (move.do === "unknown") return { expenseId, status: "There is no such expense." };
      if (move.do === "settle") break;
      if (move.do === "remind") await step.run("remind-managers", () => remindManagers(expenseId));
      if (move.do === "expire") await step.run("reject-unanswered", () => rejectExpiredExpense(expenseId));
      if (move.do === "wait")
        await step.waitForEvent(`wait-for-decision-${look}`, {
          event: expenseClosed,
          timeout: move.ms,
          if: "async.data.expenseId == event.data.expenseId",
        });
    }

    const status = await step.run("settle", () => finalizeExpense(expenseId));
    return { expenseId, status };
  },
);
