import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { readText } from "@/app/http";
import { auth } from "@/lib/auth/auth";
import { withEvenTime } from "@/lib/auth/even-time";
import { AppError, type FieldError, notFound } from "@/lib/errors";

async function authenticate({ url, method, headers }: Request, body: string | null = null): Promise<Response> {
  const request = new Request(url, { method, headers, body });
  const response = await withEvenTime(new URL(url).pathname, () => auth().handler(request));
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
  problems: [400, 401, 403, 409, 422, 429],
  handler: ({ request }) => authenticate(request),
});

export const POST = endpoint({
  summary: "Signs up, in and out with better-auth: `sign-up/email`, `sign-in/email`, `sign-out` and others",
  responses: { 200: { description: "See better-auth.com/docs" } },
  problems: [400, 401, 403, 409, 413, 415, 422, 429],
  // better-auth itself reads a body of any length.
  handler: async ({ request }) => authenticate(request, (await readText(request)) || null),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });

const errorSchema = z.object({
  message: z.string(),
  code: z.string().default("REFUSED"),
  /** Only our own hooks set it: better-auth names the fields within its message. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Returns better-auth's error response as the error that all other endpoints throw. Its 404 has no body. */
async function toAppError(response: Response): Promise<AppError> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => undefined));
  // better-auth answers 4xx with FAILED_TO_CREATE_USER and others when the database fails. It has logged the cause.
  if (response.status >= 500 || parsed.data?.code.startsWith("FAILED_TO_CREATE_"))
    return new AppError("internal_error", 500, "Something went wrong on our side.", { retry: true });
  if (!parsed.success && response.status === 404) return notFound("address in this API");
  if (!parsed.success) return new AppError("refused", response.status, "The request is refused.");
  const { message, code, errors = fieldErrors(message) } = parsed.data;
  const retry = response.status === 429 && Number(response.headers.get("retry-after")) * 1_000;
  return new AppError(code.toLowerCase(), response.status, errors.length > 0 ? "The request is not valid." : message, {
    errors,
    retry,
  });
}

/** Parses a message such as `[body.name] is missing; [body.email] Invalid email address`. */
function fieldErrors(message: string): FieldError[] {
  return message.split("; ").flatMap((part) => {
    const [, path, text] = /^\[body\.([^\]]+)\] (.+)$/s.exec(part) ?? [];
    return path && text ? [{ path, message: text }] : [];
  });
}
