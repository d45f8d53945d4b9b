import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { PATH_HEADER } from "@/app/path-header";

/** Pages only: answers of the API are data, and static files run nothing by themselves. */
export const config = { matcher: ["/((?!api/|_next/static|_next/image|favicon.ico).*)"] };

/**
 * Every page may run the scripts that came with it, and no other: each request has a nonce of its own, which Next.js puts
 * on its scripts when it finds it in this header (nextjs.org/docs, "Content Security Policy").
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
 * What Stripe's card form needs stands at docs.stripe.com/security/guide, "Content Security Policy". Its script is loaded by
 * one of ours, which 'strict-dynamic' trusts; the maps are for address fields that are not used here.
 */
function contentSecurityPolicy(nonce: string): string {
  // React's development build evaluates code to rebuild stack traces; the production build does not.
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
