import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { endedSession } from "@/app/ended-session";
import { PATH_HEADER } from "@/app/path-header";
import { plainPage } from "@/app/plain-page";
import { refusedRequest } from "@/app/refused-request";
import { challengeSiteKey } from "@/lib/challenge";
import { socketOrigin } from "@/lib/realtime-url";
import { isPlainText } from "@/lib/text";

/** The proxy runs for pages only. API responses are data, static files need no policy, and links in emails have a stricter one. */
export const config = { matcher: ["/((?!api/|approvals/|billing/|_next/static|_next/image|favicon.ico).*)"] };

/**
 * Adds the policies of pages. A page can only run its own scripts: each request has a new nonce. Next.js reads the nonce
 * from this header and adds it to its scripts (nextjs.org/docs, "Content Security Policy"). An address that no page can read
 * is answered with 400. A form without a session gets a page that repeats it. The headers of all responses are in security-headers.ts.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const refused = refusedRequest(request.method, request.nextUrl.pathname);
  if (refused) return refused;
  const problem = problemOf(request.nextUrl);
  if (problem) return plainPage("This address is not valid", `<p role="alert">${problem}</p>`, 400);
  const ended = await endedSession(request);
  if (ended) return ended;
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"));
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  return response;
}

/** PostgreSQL cannot store control characters, so no page finds anything for them. */
function problemOf({ pathname, searchParams }: URL): string | undefined {
  if (!isPlainText(decodeURIComponent(pathname))) return "The path contains a control character.";
  const names = [...searchParams.keys()];
  if (new Set(names).size < names.length) return "A query parameter occurs more than once.";
  if (![...searchParams].flat().every(isPlainText)) return "A query parameter contains a control character.";
  return undefined;
}

/**
 * Returns the policy, including the sources that Stripe's card form needs (docs.stripe.com/security/guide, "Content Security
 * Policy"). Our script loads Stripe's script, which 'strict-dynamic' allows. The shop does not use Stripe's address fields,
 * so the policy does not allow their maps. Live progress needs the socket of Inngest Realtime.
 */
function contentSecurityPolicy(nonce: string): string {
  // React's development build uses eval to rebuild stack traces. The production build does not.
  const development = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  // The widget of the challenge. Its script is allowed like Stripe's.
  const challenge = challengeSiteKey() ? " https://challenges.cloudflare.com" : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' https://api.stripe.com ${socketOrigin() ?? ""}`.trim(),
    `frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com${challenge}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
