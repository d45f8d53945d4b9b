import { parse, readQuery, route } from "@/app/http";
import {
  changeSubscription,
  unsubscribeFormSchema,
  unsubscribeQuerySchema,
  viewSubscription,
} from "@/lib/email/unsubscribe";
import { AppError } from "@/lib/errors";
import { readForm } from "./form";
import { refusalPage, subscriptionPage } from "./html";

/** Shows, and never acts: mail scanners follow every link. */
export const GET = forPeople(async (request) => {
  const { token } = readQuery(request, unsubscribeQuerySchema);
  return html(subscriptionPage(await viewSubscription(token)));
});

/** Acts: for a mail program's one click (RFC 8058: no cookie, no redirect) and for the form of the page. */
export const POST = forPeople(async (request) => {
  const { token } = readQuery(request, unsubscribeQuerySchema);
  const { choice } = parse(unsubscribeFormSchema, await readForm(request));
  return html(subscriptionPage(await changeSubscription(token, choice)));
});

/** Whoever followed a broken link with a browser reads a page, not a problem in JSON. */
function forPeople(handler: (request: Request) => Promise<Response>) {
  return route(async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof AppError) || !request.headers.get("accept")?.includes("text/html")) throw error;
      return html(refusalPage(error.message), error.status);
    }
  });
}

function html(page: string, status = 200): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    // The address holds the token: it goes nowhere else, and the page runs and loads nothing.
    "referrer-policy": "no-referrer",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-robots-tag": "noindex",
  };
  return new Response(page, { status, headers });
}
