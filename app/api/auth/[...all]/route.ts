import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { auth } from "@/lib/auth/auth";
import { toAppError } from "./problem";

async function authenticate(request: Request): Promise<Response> {
  const response = await auth().handler(request);
  if (response.status >= 400) throw await toAppError(response);
  return response;
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
