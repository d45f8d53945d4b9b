import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { PATH_HEADER } from "@/app/path-header";

/** The proxy runs for pages only. API responses are data, and static files need no policy. */
export const config = { matcher: ["/((?!api/|_next/static|_next/image|favicon.ico).*)"] };

/**
 * Adds the security headers. A page can only run its own scripts: each request has a new nonce. Next.js reads the nonce from
 * this header and adds it to its scripts (nextjs.org/docs, "Content Security Policy").
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"));
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  if (process.env.APP_URL?.startsWith("https:"))
    response.headers.set("strict-transport-security", "max-age=63072000; includeSubDomains");
  return response;
}

/**
 * Returns the policy, including the sources that Stripe's card form needs (docs.stripe.com/security/guide, "Content Security
 * Policy"). Our script loads Stripe's script, which 'strict-dynamic' allows. The shop does not use Stripe's address fields,
 * so the policy does not allow their maps.
 */
function contentSecurityPolicy(nonce: string): string {
  // React's development build uses eval to rebuild stack traces. The production build does not.
  const development = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self' https://api.stripe.com",
    "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
