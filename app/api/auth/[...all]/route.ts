import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { auth } from "@/lib/auth/auth";
import { withEvenTime } from "@/lib/auth/even-time";
import { toAppError } from "./problem";

async function authenticate(request: Request): Promise<Response> {
  const response = await withEvenTime(new URL(request.url).pathname, () => auth().handler(request));
  if (response.status >= 400) throw await toAppError(response);
  return withoutTokens(response);
}

/** Returns the answer without session tokens. Only the cookie has the token, which scripts of a page cannot read. */
async function withoutTokens(response: Response): Promise<Response> {
  if (response.status !== 200 || !response.headers.get("content-type")?.startsWith("application/json")) return response;
  const body = JSON.parse(await response.text(), (name, value) => (name === "token" ? undefined : value));
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("cache-control", "no-store");
  return new Response(JSON.stringify(body), { status: response.status, headers });
}

export const GET = endpoint({
  summary: "Returns the session and other data of better-auth, such as `get-session`",
  responses: { 200: { description: "See better-auth.com/docs" } },
  problems: [400, 401, 403, 422, 429],
  handler: ({ request }) => authenticate(request),
});

export const POST = endpoint({
  summary: "Signs up, in and out with better-auth: `sign-up/email`, `sign-in/email`, `sign-out` and others",
  responses: { 200: { description: "See better-auth.com/docs" } },
  problems: [400, 401, 403, 413, 415, 422, 429],
  handler: ({ request }) => authenticate(request),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
