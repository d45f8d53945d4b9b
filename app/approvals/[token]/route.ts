import { parse } from "@/app/http";
import { answerPage, pageRoute } from "@/app/plain-page";
import { readForm } from "@/app/read-form";
import { currentUser } from "@/lib/auth/viewer";
import { decideByLink, openApprovalLink } from "@/lib/expenses/approval-link";
import { decisionFormSchema } from "@/lib/expenses/request";
import { decidedPage, decisionPage } from "./page-html";

type Params = { token: string };

/** Shows, and never decides: email scanners follow every link. */
export const GET = pageRoute<Params>(async (request, { token }) => {
  const link = await openApprovalLink(token, (await currentUser(request.headers))?.id);
  return answerPage(link.expense.status === "pending" ? decisionPage(link) : decidedPage(link.expense));
});

/** Decides, once. A link that is used again, or after somebody else's, is refused and tells what was decided. */
export const POST = pageRoute<Params>(async (request, { token }) => {
  const { decision, note } = parse(decisionFormSchema, await readForm(request));
  const viewer = await currentUser(request.headers);
  const { expense, first } = await decideByLink(token, viewer?.id, { approve: decision === "approve", note });
  return answerPage(decidedPage(expense), first ? 200 : 409);
});
