import { escaped, plainPage } from "@/app/plain-page";
import type { OpenedLink } from "@/lib/expenses/approval-link";
import { decisionSentence } from "@/lib/expenses/decision-sentence";
import type { ExpenseView } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";

/** The two buttons. The form posts to the address it came from. */
export function decisionPage({ expense, manager }: OpenedLink): string {
  return plainPage(
    `${expense.submitter.name} asks for ${formatMoney(expense.amount)}`,
    `<p>${escaped(manager.name)}, you are asked to decide:</p>
    <blockquote>${escaped(expense.description)}</blockquote>
    <form method="post">
    <label for="note">A note for ${escaped(expense.submitter.name)} (optional)</label>
    <textarea id="note" name="note" rows="3" maxlength="1000"></textarea>
    <div class="buttons"><button name="decision" value="approve">Approve</button>
    <button name="decision" value="reject" class="second">Reject</button></div></form>`,
  );
}

/** What was decided, and by whom. */
export function decidedPage(expense: ExpenseView): string {
  return plainPage(
    `${formatMoney(expense.amount)} for ${expense.submitter.name}`,
    `<p role="status">${escaped(decisionSentence(expense))}</p>
    <blockquote>${escaped(expense.description)}</blockquote>${note(expense)}`,
  );
}

const note = ({ decision }: ExpenseView) => (decision?.note ? `<p>Note: ${escaped(decision.note)}</p>` : "");
