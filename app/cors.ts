import { appEnv } from "@/lib/env";

const ALLOWED_HEADERS = "authorization, content-type, idempotency-key, challenge-token";

/**
 * Returns the headers that let a page of a configured origin read an answer (fetch.spec.whatwg.org, "CORS protocol"). Cookies are not
 * allowed, so such a page acts with the tokens that it has, and never with a visitor's session.
 */
export function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null || !appEnv().CORS_ORIGINS.includes(origin)) return {};
  return { "access-control-allow-origin": origin, "access-control-expose-headers": "retry-after", vary: "origin" };
}

/** Returns the headers of the answer to a preflight request for these methods. */
export function preflightHeaders(request: Request, methods: string): Record<string, string> {
  const cors = corsHeaders(request);
  if (Object.keys(cors).length === 0) return {};
  const allowed = { "access-control-allow-methods": methods, "access-control-allow-headers": ALLOWED_HEADERS };
  return { ...cors, ...allowed, "access-control-max-age": "600" };
}
