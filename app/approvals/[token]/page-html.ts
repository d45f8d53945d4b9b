import { escapeHtml, plainPage } from "@/app/plain-page";
import type { OpenedLink } from "@/lib/expenses/approval-link";
import { decisionSentence, type ExpenseView } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";

/** Returns the page with the two buttons. The form posts to the URL of the page. */
export function decisionPage({ expense, manager }: OpenedLink): string {
  return plainPage(
    `${expense.submitter.name} asks for ${formatMoney(expense.amount)}`,
    `<p>${escapeHtml(manager.name)}, you are asked to decide:</p>
    <blockquote>${escapeHtml(expense.description)}</blockquote>
    <form method="post">
    <label for="note">A note for ${escapeHtml(expense.submitter.name)} (optional)</label>
    <textarea id="note" name="note" rows="3" maxlength="1000"></textarea>
    <div class="buttons"><button name="decision" value="approve">Approve</button>
    <button name="decision" value="reject" class="second">Reject</button></div></form>`,
  );
}

/** Returns the page that shows the decision and who made it. */
export function decidedPage(expense: ExpenseView): string {
  return plainPage(
    `${formatMoney(expense.amount)} for ${expense.submitter.name}`,
    `<p role="status">${escapeHtml(decisionSentence(expense))}</p>
    <blockquote>${escapeHtml(expense.description)}</blockquote>${note(expense)}`,
  );
}

const note = ({ decision }: ExpenseView) => (decision?.note ? `<p>Note: ${escapeHtml(decision.note)}</p>` : "");
