import { allowOnly, parse, readQuery } from "@/app/http";
import { answerPage, pageRoute } from "@/app/plain-page";
import { readForm } from "@/app/read-form";
import {
  changeSubscription,
  unsubscribeFormSchema,
  unsubscribeQuerySchema,
  viewSubscription,
} from "@/lib/email/unsubscribe";
import { subscriptionPage } from "./html";

/** Shows, and never acts: email scanners follow every link. */
export const GET = pageRoute(async (request) => {
  const { token } = readQuery(request, unsubscribeQuerySchema);
  return answerPage(subscriptionPage(await viewSubscription(token)));
});

/** Acts: for an email program's one click (RFC 8058: no cookie, no redirect) and for the form of the page. */
export const POST = pageRoute(async (request) => {
  const { token } = readQuery(request, unsubscribeQuerySchema);
  const { choice } = parse(unsubscribeFormSchema, await readForm(request));
  return answerPage(subscriptionPage(await changeSubscription(token, choice)));
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
