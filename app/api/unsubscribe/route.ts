import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { parse, readForm } from "@/app/http";
import { errorPage, escapeHtml, plainPage } from "@/app/plain-page";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import {
  changeSubscription,
  type SubscriptionState,
  unsubscribeFormSchema,
  unsubscribeQuerySchema,
  viewSubscription,
} from "@/lib/email/unsubscribe";

/** Changes nothing, because email scanners follow every link. */
export const GET = endpoint({
  summary: "Returns a page that shows the subscription of an email's link; it changes nothing",
  query: unsubscribeQuerySchema,
  responses: { 200: { description: "A page", mediaType: "text/html" } },
  problems: [400],
  onError: errorPage,
  handler: async ({ query }) => subscriptionPage(await viewSubscription(query.token)),
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
    return subscriptionPage(await changeSubscription(query.token, choice));
  },
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });

/** Returns the page, whose form posts to its own URL. */
function subscriptionPage({ address, category, wanted }: SubscriptionState): Response {
  const kind = `<strong>${OPTIONAL_CATEGORIES[category]}</strong>`;
  return wanted
    ? plainPage(
        "Unsubscribe?",
        `<p>${escapeHtml(address)} gets emails of this kind: ${kind}.</p>
        <form method="post" class="buttons"><button name="choice" value="this">Unsubscribe</button>
        <button name="choice" value="all" class="second">Unsubscribe from all emails except orders and security</button></form>`,
      )
    : plainPage(
        "You are unsubscribed",
        `<p role="status">${escapeHtml(address)} gets no more emails of this kind: ${kind}. Emails about orders and
        the security of the account are still sent.</p>
        <form method="post" class="buttons"><button name="choice" value="again" class="second">Subscribe again</button></form>`,
      );
}
