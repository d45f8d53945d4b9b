import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { parse, readForm } from "@/app/http";
import { errorPage, htmlResponse } from "@/app/plain-page";
import {
  changeSubscription,
  unsubscribeFormSchema,
  unsubscribeQuerySchema,
  viewSubscription,
} from "@/lib/email/unsubscribe";
import { subscriptionPage } from "./html";

/** Changes nothing, because email scanners follow every link. */
export const GET = endpoint({
  summary: "Returns a page that shows the subscription of an email's link; it changes nothing",
  query: unsubscribeQuerySchema,
  responses: { 200: { description: "A page", mediaType: "text/html" } },
  problems: [400],
  onError: errorPage,
  handler: async ({ query }) => htmlResponse(subscriptionPage(await viewSubscription(query.token))),
});

/** Serves the one click of an email program (RFC 8058: no cookie, no redirect) and the form of the page. */
export const POST = endpoint({
  summary: "Unsubscribes: by one click in an email program (RFC 8058), or by the form of the page",
  query: unsubscribeQuerySchema,
  unparsed: { form: unsubscribeFormSchema },
  responses: { 200: { description: "A page that confirms the change", mediaType: "text/html" } },
  problems: [400, 413],
  onError: errorPage,
  handler: async ({ request, query }) => {
    const { choice } = parse(unsubscribeFormSchema, await readForm(request));
    return htmlResponse(subscriptionPage(await changeSubscription(query.token, choice)));
  },
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
