import { parse, readForm, route } from "@/app/http";
import { errorPage, escapeHtml, plainPage } from "@/app/plain-page";
import { currentUser } from "@/lib/auth/viewer";
import { openApprovalLink } from "@/lib/expenses/approval-link";
import { decideByLink } from "@/lib/expenses/change-expense";
import { decisionFormSchema } from "@/lib/expenses/request";
import { decisionSentence, type ExpenseView } from "@/lib/expenses/view-expense";
import { formatMoney } from "@/lib/money";

type Params = { token: string };

/** Shows the expense. It never decides, because email scanners follow every link. */
export const GET = route<Params>(async (request, { token }) => {
  const link = await openApprovalLink(token, (await currentUser(request.headers))?.id);
  return link.expense.status === "pending" ? decisionPage(link) : decidedPage(link.expense);
}, errorPage);

/** Decides, once. Every later call, also by another link, is answered with 409 and the first decision. */
export const POST = route<Params>(async (request, { token }) => {
  const { decision, note } = parse(decisionFormSchema, await readForm(request));
  const viewer = await currentUser(request.headers);
  const { expense, first } = await decideByLink(token, viewer?.id, { approve: decision === "approve", note });
  return decidedPage(expense, first ? 200 : 409);
}, errorPage);

/** Returns the page with the two buttons. The form posts to the URL of the page. */
function decisionPage({ expense, manager }: Awaited<ReturnType<typeof openApprovalLink>>): Response {
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
function decidedPage(expense: ExpenseView, status = 200): Response {
  const { note } = expense.decision ?? {};
  return plainPage(
    `${formatMoney(expense.amount)} for ${expense.submitter.name}`,
    `<p role="status">${escapeHtml(decisionSentence(expense))}</p>
    <blockquote>${escapeHtml(expense.description)}</blockquote>${note ? `<p>Note: ${escapeHtml(note)}</p>` : ""}`,
    status,
  );
}
