import { parse, route } from "@/app/http";
import { errorPage, htmlResponse } from "@/app/plain-page";
import { readForm } from "@/app/read-form";
import { currentUser } from "@/lib/auth/viewer";
import { openApprovalLink } from "@/lib/expenses/approval-link";
import { decideByLink } from "@/lib/expenses/change-expense";
import { decisionFormSchema } from "@/lib/expenses/request";
import { decidedPage, decisionPage } from "./page-html";

type Params = { token: string };

/** Shows the expense. It never decides, because email scanners follow every link. */
export const GET = route<Params>(async (request, { token }) => {
  const link = await openApprovalLink(token, (await currentUser(request.headers))?.id);
  return htmlResponse(link.expense.status === "pending" ? decisionPage(link) : decidedPage(link.expense));
}, errorPage);

/** Decides, once. Every later call, also by another link, is answered with 409 and the first decision. */
export const POST = route<Params>(async (request, { token }) => {
  const { decision, note } = parse(decisionFormSchema, await readForm(request));
  const viewer = await currentUser(request.headers);
  const { expense, first } = await decideByLink(token, viewer?.id, { approve: decision === "approve", note });
  return htmlResponse(decidedPage(expense), first ? 200 : 409);
}, errorPage);
